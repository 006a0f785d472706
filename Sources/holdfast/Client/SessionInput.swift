import HoldfastCore

/// The input events that a client sends to a session.
enum SessionInput {
    /// A user message.
    static func message(_ text: String) -> JSON {
        let part: JSON = ["type": "input_text", "text": .string(text)]
        let message: JSON = ["type": "message", "role": "user", "content": [part]]
        return ["type": "agent.session.input.message", "input": [message]]
    }

    /// Stops the turn in progress.
    static let cancel: JSON = ["type": "agent.session.input.cancel"]

    /// The result of a function call that the session waits for.
    static func result(of call: JSON, output: String) -> JSON {
        [
            "type": "agent.session.input.tool_result", "turn_id": call["turn_id"] ?? .null,
            "call_id": call["call_id"] ?? .null, "success": true, "output": .string(output),
        ]
    }
}

extension APIClient {
    /// Sends input events; with a key a repetition has no further effect.
    func send(_ events: [JSON], to session: String, idempotencyKey: String? = nil) async throws {
        let headers = idempotencyKey.map { [("Idempotency-Key", $0)] } ?? []
        let path = "/agents/sessions/\(Endpoint.escaped(session))/events"
        _ = try await post(path, ["events": .array(events)], headers: headers)
    }
}
