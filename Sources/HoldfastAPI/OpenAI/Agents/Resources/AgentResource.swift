import HoldfastCore
import HoldfastStore

/// A saved agent as the Agents API shows it.
struct AgentResource: JSONWritable {
    let agent: AgentRecord

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", agent.definition.id)
            writer.member("object", "agent")
            writer.member("created_at", agent.createdAt / 1_000)
            writer.member("updated_at", agent.updatedAt / 1_000)
            writer.member("metadata", agent.metadata)
            Self.writeDefinition(agent.definition, to: &writer)
        }
    }

    /// The members that saved agents and the agents of sessions share.
    static func writeDefinition(_ agent: AgentDefinition, to writer: inout JSONWriter) {
        writer.member("name", agent.name)
        writer.member("model", agent.model)
        writer.member("instructions", agent.instructions)
        writer.member("tools", agent.tools)
        writer.members(of: agent.settings)
        writer.member("version", agent.version)
    }
}
