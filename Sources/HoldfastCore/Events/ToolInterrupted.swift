/// The server ended while a repeatable tool ran: the next attempt follows, under the same key.
public struct ToolInterrupted: Sendable, Equatable, JSONWritable {
    public var call: String

    public init(call: String) {
        self.call = call
    }

    public func write(to writer: inout JSONWriter) {
        writer.object { $0.member("call", call) }
    }

    init(_ json: JSONObject) throws(JSONReadError) {
        self.init(call: try json.string("call"))
    }
}
