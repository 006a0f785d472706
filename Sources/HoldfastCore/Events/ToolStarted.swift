/// A tool that must not run twice is about to be started. Recorded, fenced and synced before the start, so that after
/// a crash the outcome is known to be unknown.
public struct ToolStarted: Sendable, Equatable, JSONWritable {
    public var call: String
    public var attempt: Int

    public init(call: String, attempt: Int) {
        self.call = call
        self.attempt = attempt
    }

    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("call", call)
            writer.member("attempt", attempt)
        }
    }

    init(_ json: JSONObject) throws(JSONReadError) {
        self.init(call: try json.string("call"), attempt: try json.int("attempt"))
    }
}
