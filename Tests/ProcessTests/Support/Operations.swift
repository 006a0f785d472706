/// The 57 operations of the Agents API, as the `openai` package calls them.
enum Operations {
    struct Operation: Sendable, CustomStringConvertible {
        let method: String
        let template: String
        let isImplemented: Bool

        var description: String { "\(method) \(template)" }

        /// The path with ids in the place of its parameters.
        func path(prefix: String = "/v1", _ ids: [String: String] = [:]) -> String {
            prefix
                + template.split(separator: "/").map { piece in
                    guard piece.hasPrefix("{") else { return "/\(piece)" }
                    let name = String(piece.dropFirst().dropLast())
                    return "/" + (ids[name] ?? "\(name)_unknown")
                }.joined()
        }
    }

    static let implemented = parse(
        """
        GET POST /agents
        GET POST DELETE /agents/{agent_id}
        GET POST /agents/sessions
        GET POST DELETE /agents/sessions/{session_id}
        GET POST /agents/sessions/{session_id}/events
        GET /agents/sessions/{session_id}/items
        GET /agents/sessions/{session_id}/turns
        GET /agents/sessions/{session_id}/turns/{turn_id}
        GET /agents/sessions/{session_id}/turns/{turn_id}/items
        """, isImplemented: true)

    static let missing = parse(
        """
        GET POST /agents/automations
        GET POST DELETE /agents/automations/{automation_id}
        GET POST /agents/automations/{automation_id}/invocations
        GET /agents/automations/{automation_id}/invocations/{invocation_id}
        POST /agents/automations/{automation_id}/pause
        POST /agents/automations/{automation_id}/resume
        GET POST /agents/environments
        GET POST /agents/environments/templates
        GET POST DELETE /agents/environments/templates/{environment_template_id}
        GET /agents/environments/{environment_id}
        GET POST /agents/environments/{environment_id}/files
        GET /agents/sessions/{session_id}/artifacts
        GET DELETE /agents/sessions/{session_id}/artifacts/{artifact_id}
        GET /agents/sessions/{session_id}/artifacts/{artifact_id}/content
        GET /agents/sessions/{session_id}/subagents
        GET /agents/sessions/{session_id}/subagents/{subagent_id}
        GET /agents/sessions/{session_id}/subagents/{subagent_id}/items
        GET /agents/sessions/{session_id}/subagents/{subagent_id}/turns
        GET /agents/sessions/{session_id}/subagents/{subagent_id}/turns/{turn_id}
        GET /agents/sessions/{session_id}/subagents/{subagent_id}/turns/{turn_id}/items
        GET /agents/sessions/{session_id}/traces
        GET POST /vaults
        GET POST DELETE /vaults/{vault_id}
        GET POST /vaults/{vault_id}/credentials
        GET POST DELETE /vaults/{vault_id}/credentials/{credential_id}
        """, isImplemented: false)

    static let all = implemented + missing

    private static func parse(_ text: String, isImplemented: Bool) -> [Operation] {
        text.split(separator: "\n").flatMap { line in
            let words = line.split(separator: " ").map(String.init)
            return words.dropLast().map {
                Operation(method: $0, template: words[words.count - 1], isImplemented: isImplemented)
            }
        }
    }
}
