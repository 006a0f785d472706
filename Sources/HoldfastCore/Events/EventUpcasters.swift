/// Turns bodies of older versions into the newest shape. Each step is a pure function from one version to the next;
/// journals of every released version are replayed in the tests.
enum EventUpcasters {
    /// One step: the body of version `from` as a body of version `from + 1`.
    typealias Step = @Sendable (JSONObject) -> JSONObject

    /// The steps by kind and the version they start from. Version 1 is the first.
    static let steps: [String: [Int: Step]] = [:]

    static func upcast(
        _ body: JSONObject, kind: String, from version: Int, to newest: Int = SessionEvent.version,
        steps: [String: [Int: Step]] = steps
    ) -> JSONObject {
        var body = body
        for from in version..<max(version, newest) {
            if let step = steps[kind]?[from] { body = step(body) }
        }
        return body
    }
}
