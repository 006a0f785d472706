import HoldfastCore

/// A turn as the Agents API shows it.
struct TurnResource: JSONWritable {
    let turn: Turn
    let state: SessionState

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", turn.id)
            writer.member("object", "agent.session.turn")
            writer.member("session_id", state.id)
            writer.member("agent_id", state.agent.id)
            writer.member("subagent_id", JSON.null)
            writer.member("status", status)
            writer.member("created_at", turn.createdAt / 1_000)
            writer.member("started_at", turn.createdAt / 1_000)
            writer.member("completed_at", turn.endedAt.map { $0 / 1_000 })
            writer.name("error")
            if let error = turn.error {
                writer.object { writer in
                    writer.member("code", error.code)
                    writer.member("message", error.message)
                }
            } else {
                writer.null()
            }
            writer.member("usage", turn.modelCalls == 0 ? nil : UsageResource(usage: turn.usage))
        }
    }

    private var status: String {
        guard turn.status == .active else { return turn.status.rawValue }
        switch state.status {
        case .requiresAction, .budgetReached: return "waiting"
        default: return "in_progress"
        }
    }
}

/// Token usage as the Agents API shows it.
struct UsageResource: JSONWritable {
    let usage: TokenUsage

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("input_tokens", usage.input)
            writer.object("input_tokens_details") { $0.member("cached_tokens", usage.cached) }
            writer.member("output_tokens", usage.output)
            writer.object("output_tokens_details") { $0.member("reasoning_tokens", usage.reasoning) }
            writer.member("total_tokens", usage.input + usage.output)
        }
    }
}
