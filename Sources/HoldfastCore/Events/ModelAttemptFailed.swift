/// An attempt of a model call is over without an answer, and another one follows. What it had streamed is closed as
/// incomplete.
public struct ModelAttemptFailed: Sendable, Equatable, JSONWritable {
    public var error: TurnError
    /// When the next attempt may start.
    public var retryAt: Milliseconds
    /// Whether it counts against the limit of attempts; an attempt that the server's own end cut off does not.
    public var isCounted: Bool

    public init(error: TurnError, retryAt: Milliseconds, isCounted: Bool) {
        self.error = error
        self.retryAt = retryAt
        self.isCounted = isCounted
    }

    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("error", error)
            writer.member("retry_at", retryAt)
            writer.member("counted", isCounted)
        }
    }

    init(_ json: JSONObject) throws(JSONReadError) {
        self.init(
            error: try TurnError(json.object("error")), retryAt: try json.integer("retry_at"),
            isCounted: json["counted"]?.bool ?? true)
    }
}
