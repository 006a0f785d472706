import HoldfastCore

/// One event of a session, as the stream tells it.
struct StreamEvent: Sendable {
    /// The event's id, which is also the place to go on from.
    var id: String
    /// Such as `agent.session.turn.created`.
    var type: String
    var body: JSON

    /// The type without the common beginning.
    var kind: String {
        for prefix in ["agent.session.", "agent.output."] where type.hasPrefix(prefix) {
            return String(type.dropFirst(prefix.count))
        }
        return type
    }

    /// The item that the event is about.
    var item: JSON? { body["item"] }

    /// The text that a delta adds.
    var delta: String { body["delta"]?.string ?? "" }

    /// Reads an event; `nil` for what is none, such as the end marker.
    init?(_ event: ServerSentEvent) {
        guard let body = try? JSONParser.parse(event.data), let type = body["type"]?.string else { return nil }
        self.type = type
        self.body = body
        id = event.id ?? body["event_id"]?.string ?? ""
    }
}
