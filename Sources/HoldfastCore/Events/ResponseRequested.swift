/// A Responses request began a turn.
public struct ResponseRequested: Sendable, Equatable, JSONWritable {
    public var request: TurnRequest
    public var input: [Item.Body]

    public init(request: TurnRequest, input: [Item.Body]) {
        self.request = request
        self.input = input
    }

    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("request", request)
            writer.member("input", input)
        }
    }

    init(_ json: JSONObject) throws(JSONReadError) {
        request = TurnRequest(try json.object("request"))
        input = try json.objects("input").map { (item) throws(JSONReadError) in try Item.Body(item) }
    }
}
