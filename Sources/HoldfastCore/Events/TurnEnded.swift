/// The active turn is over. Whatever was still open in it is closed as incomplete.
public struct TurnEnded: Sendable, Equatable, JSONWritable {
    /// `completed`, `failed` or `cancelled`.
    public var status: Turn.Status
    public var error: TurnError?

    public init(status: Turn.Status, error: TurnError? = nil) {
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
        guard let status = Turn.Status(rawValue: try json.string("status")), status != .active else {
            throw JSONReadError(name: "status", expected: "how a turn ends")
        }
        self.init(status: status)
        if let error = json["error"]?.object { self.error = try TurnError(error) }
    }
}
