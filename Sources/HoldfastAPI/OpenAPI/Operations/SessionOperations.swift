import HTTPTypes
import HoldfastCore

extension APIOperation {
    /// See `SessionRoutes` and `EventRoutes`.
    static func sessions(_ limits: Limits) -> [APIOperation] {
        [
            APIOperation(
                method: .post, path: "/agents/sessions", id: "createSession",
                summary: "Create a session, and begin its first turn when there is an input.",
                body: Schema.ref("SessionCreate"), answer: Schema.ref("Session"), streams: .onRequest,
                errors: [404, 429]),
            APIOperation(
                method: .get, path: "/agents/sessions", id: "listSessions", summary: "List sessions.",
                query: APIParameter.page(limits) + [
                    APIParameter("agent_id", Schema.string, "Only the sessions of this agent."),
                    APIParameter(
                        "metadata", Schema.object, "Only the sessions whose metadata has all these pairs."),
                ], answer: Schema.page(of: Schema.ref("Session"))),
            APIOperation(
                method: .get, path: "/agents/sessions/{session_id}", id: "retrieveSession",
                summary: "Retrieve a session.", answer: Schema.ref("Session")),
            APIOperation(
                method: .post, path: "/agents/sessions/{session_id}", id: "updateSession",
                summary: "Change a session.", body: Schema.ref("SessionUpdate"), isBodyOptional: true,
                answer: Schema.ref("Session"),
                errors: [409, 429]),
            APIOperation(
                method: .delete, path: "/agents/sessions/{session_id}", id: "deleteSession",
                summary: "Delete a session that is not working.", answer: Schema.deleted("agent.session.deleted"),
                errors: [409, 429]),
            APIOperation(
                method: .post, path: "/agents/sessions/{session_id}/events", id: "createSessionEvents",
                summary: "Send messages, results or a cancellation; all of them are accepted, or none.",
                headers: [
                    APIParameter(
                        "Idempotency-Key", Schema.text(atMost: limits.identifier),
                        "A repeated request with the same key does nothing.")
                ], body: Schema.ref("SessionEvents"), status: 202, errors: [409, 422, 429]),
            APIOperation(
                method: .get, path: "/agents/sessions/{session_id}/events", id: "streamSessionEvents",
                summary: "Follow a session.",
                query: [
                    APIParameter(
                        "after", Schema.text(atMost: limits.identifier),
                        "The id of the last event that was seen; '0' for all from the beginning."),
                    .obfuscation,
                ],
                headers: [
                    APIParameter("Last-Event-ID", Schema.text(atMost: limits.identifier), "The same as 'after'.")
                ], streams: .always, errors: [429]),
            APIOperation(
                method: .get, path: "/agents/sessions/{session_id}/journal", id: "listSessionJournal",
                summary: "List the events of a session's journal, oldest first.",
                query: [
                    APIParameter("limit", Schema.integer(in: 1...1_000), "How many; 100 when it is left out."),
                    APIParameter(
                        "after", Schema.integer(in: 0...Int64.max), "The sequence number of the last one before."),
                ], answer: Schema.page(of: Schema.ref("JournalEvent"))),
        ]
    }
}
