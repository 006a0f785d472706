/// Messages of a user. To an idle session they begin a turn, otherwise they join the active one.
public struct InputReceived: Sendable, Equatable, JSONWritable {
    public var messages: [[ContentPart]]

    public init(messages: [[ContentPart]]) {
        self.messages = messages
    }

    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.array("messages") { writer in
                for message in messages { writer.array(of: message) }
            }
        }
    }

    init(_ json: JSONObject) throws(JSONReadError) {
        messages = try json.array("messages").map { (message) throws(JSONReadError) in
            try ContentPart.list((message.array ?? []).compactMap(\.object))
        }
    }
}
