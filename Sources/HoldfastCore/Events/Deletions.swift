/// An item was deleted from the conversation.
public struct ItemDeleted: Sendable, Equatable, JSONWritable {
    public var item: String

    public init(item: String) { self.item = item }

    public func write(to writer: inout JSONWriter) {
        writer.object { $0.member("item", item) }
    }

    init(_ json: JSONObject) throws(JSONReadError) { item = try json.string("item") }
}

/// A response was deleted; what it added to the conversation stays.
public struct ResponseDeleted: Sendable, Equatable, JSONWritable {
    public var turn: String

    public init(turn: String) { self.turn = turn }

    public func write(to writer: inout JSONWriter) {
        writer.object { $0.member("turn", turn) }
    }

    init(_ json: JSONObject) throws(JSONReadError) { turn = try json.string("turn") }
}
