import HoldfastCore

/// A session as the Agents API shows it.
struct SessionResource: JSONWritable {
    let state: SessionState

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", state.id)
            writer.member("object", "agent.session")
            writer.member("status", state.status.rawValue)
            writer.member("created_at", state.createdAt / 1_000)
            writer.member("last_active_at", state.lastActiveAt / 1_000)
            writer.object("agent") { writer in
                writer.member("id", state.agent.id)
                AgentResource.writeDefinition(state.agent, to: &writer)
            }
            writer.member("environment", EnvironmentResource(environment: state.environment))
            writer.member("error", JSON.null)
            writer.member("metadata", state.metadata)
            writer.array("required_actions") { writer in
                for call in state.clientCalls {
                    writer.object { writer in
                        writer.member("type", "function_call")
                        writer.member("call_id", call.id)
                        writer.member("name", call.name)
                        writer.member("arguments", Arguments(call))
                        writer.member("turn_id", state.turns.last?.id)
                    }
                }
            }
            writer.member("usage", UsageResource(usage: state.usage))
            writer.object("spend_control") { writer in
                writer.member("limit", state.spendLimit)
                writer.member("consumed", state.spent / 10_000)
            }
            writer.array("vault_ids") { _ in }
        }
    }
}

/// A session's environment as the Agents API shows it.
struct EnvironmentResource: JSONWritable {
    let environment: SessionEnvironment

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            guard environment.kind == .hosted else { return writer.member("type", "none") }
            writer.member("type", "openai_hosted")
            writer.member("id", environment.id)
            writer.member("container_size", environment.size)
            writer.array("capability_directories") { _ in }
            writer.array("files") { _ in }
            writer.object("network") { writer in
                writer.member("access", "disabled")
                writer.array("allowed_domains") { _ in }
            }
            writer.object("packages") { writer in
                writer.array("npm") { _ in }
                writer.array("python") { _ in }
                writer.array("system") { _ in }
            }
            writer.array("plugins") { _ in }
            writer.array("skills") { _ in }
            writer.object("desktop") { $0.member("enabled", false) }
        }
    }
}

/// An environment's state in an event.
struct EnvironmentStateResource: JSONWritable {
    let environment: SessionEnvironment

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", environment.id)
            writer.member("type", "openai_hosted")
            writer.member("status", environment.status.rawValue)
            writer.name("error")
            if let error = environment.error {
                writer.object { writer in
                    writer.member("code", "sandbox_error")
                    writer.member("message", error)
                    writer.member("type", "server_error")
                }
            } else {
                writer.null()
            }
        }
    }
}
