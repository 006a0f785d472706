/// A piece of a running tool's output; the whole of it follows in `ToolFinished`.
public struct ToolOutput: Sendable, Equatable, JSONWritable {
    public var call: String
    public var text: String

    public init(call: String, text: String) {
        self.call = call
        self.text = text
    }

    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("call", call)
            writer.member("text", text)
        }
    }

    init(_ json: JSONObject) throws(JSONReadError) {
        self.init(call: try json.string("call"), text: try json.string("text"))
    }
}
