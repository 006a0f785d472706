/// A server-side tool call has its outcome.
public struct ToolFinished: Sendable, Equatable, JSONWritable {
    public var call: String
    public var outcome: ToolOutcome

    public init(call: String, outcome: ToolOutcome) {
        self.call = call
        self.outcome = outcome
    }

    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("call", call)
            writer.member("outcome", outcome)
        }
    }

    init(_ json: JSONObject) throws(JSONReadError) {
        self.init(call: try json.string("call"), outcome: try ToolOutcome(json.object("outcome")))
    }
}
