/// The client's result of a function call.
public struct FunctionResultReceived: Sendable, Equatable, JSONWritable {
    public var call: String
    public var output: FunctionOutput

    public init(call: String, output: FunctionOutput) {
        self.call = call
        self.output = output
    }

    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("call", call)
            output.write(members: &writer)
        }
    }

    init(_ json: JSONObject) throws(JSONReadError) {
        self.init(call: try json.string("call"), output: try FunctionOutput(json))
    }
}
