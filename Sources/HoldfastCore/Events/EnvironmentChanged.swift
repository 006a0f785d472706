/// A session's environment became ready, or could not be made.
public struct EnvironmentChanged: Sendable, Equatable, JSONWritable {
    public var status: SessionEnvironment.Status
    /// Why it failed.
    public var error: String?

    public init(status: SessionEnvironment.Status, error: String? = nil) {
        self.status = status
        self.error = error
    }

    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("status", status.rawValue)
            writer.member(ifPresent: "error", error)
        }
    }

    init(_ json: JSONObject) throws(JSONReadError) {
        guard let status = SessionEnvironment.Status(rawValue: try json.string("status")) else {
            throw JSONReadError(name: "status", expected: "an environment status")
        }
        self.init(status: status, error: json["error"]?.string)
    }
}
