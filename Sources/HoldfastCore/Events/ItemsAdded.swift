/// Items joined the conversation without a model call: a client added them, or they are the past of the conversation that
/// this session branched off from. They stand in an ended turn of their own.
public struct ItemsAdded: Sendable, Equatable, JSONWritable {
    public var items: [Item]
    /// How many model calls the past has; 0 when the client added the items.
    public var modelCalls: Int

    public init(items: [Item], modelCalls: Int = 0) {
        self.items = items
        self.modelCalls = modelCalls
    }

    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("items", items)
            if modelCalls > 0 { writer.member("calls", modelCalls) }
        }
    }

    init(_ json: JSONObject) throws(JSONReadError) {
        items = try json.objects("items").map { (item) throws(JSONReadError) in try Item(item) }
        modelCalls = json["calls"]?.integer.map { Int($0) } ?? 0
    }
}
