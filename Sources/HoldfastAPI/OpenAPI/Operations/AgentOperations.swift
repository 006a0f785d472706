import HTTPTypes
import HoldfastCore

extension APIOperation {
    /// See `AgentRoutes`.
    static func agents(_ limits: Limits) -> [APIOperation] {
        [
            APIOperation(
                method: .post, path: "/agents", id: "createAgent", summary: "Save an agent.",
                body: Schema.ref("AgentCreate"), answer: Schema.ref("Agent")),
            APIOperation(
                method: .get, path: "/agents", id: "listAgents", summary: "List the saved agents.",
                query: APIParameter.page(limits), answer: Schema.page(of: Schema.ref("Agent"))),
            APIOperation(
                method: .get, path: "/agents/{agent_id}", id: "retrieveAgent", summary: "Retrieve a saved agent.",
                answer: Schema.ref("Agent")),
            APIOperation(
                method: .post, path: "/agents/{agent_id}", id: "updateAgent",
                summary: "Make the next version of a saved agent.", body: Schema.ref("AgentUpdate"),
                isBodyOptional: true,
                answer: Schema.ref("Agent")),
            APIOperation(
                method: .delete, path: "/agents/{agent_id}", id: "deleteAgent", summary: "Delete a saved agent.",
                answer: Schema.deleted("agent.deleted")),
        ]
    }
}
