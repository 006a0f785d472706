import HoldfastCore
import HoldfastRuntime
import HoldfastStore
import Hummingbird

/// `/agents`: saved agents.
struct AgentRoutes: Sendable {
    let services: APIServices

    func add(to group: RouterGroup<APIContext>) {
        group.serve(.post, "agents", create)
        group.serve(.get, "agents", list)
        group.serve(.get, "agents/:agent_id", retrieve)
        group.serve(.post, "agents/:agent_id", update)
        group.serve(.delete, "agents/:agent_id", delete)
    }

    @Sendable private func create(_ request: Request, _ context: APIContext) async throws -> Response {
        let (fields, _) = try await request.fields(services.limits)
        var definition = AgentDefinition(id: services.newID("agent"), model: "", settings: AgentSettings.defaults)
        guard fields.has("model") else { throw APIError.missing("model") }
        try AgentSettings(fields: fields, limits: services.limits).apply(to: &definition)
        definition.name = try fields.string("name", limit: services.limits.identifier)
        let now = services.runtime.clock.now()
        let agent = AgentRecord(
            definition: definition, metadata: try fields.metadata(services.limits) ?? [:], createdAt: now,
            updatedAt: now)
        try await services.agents.insert(agent, project: context.project)
        return .json(AgentResource(agent: agent))
    }

    @Sendable private func list(_ request: Request, _ context: APIContext) async throws -> Response {
        let query = try ListQuery(request, services.limits)
        guard let page = try await services.agents.agents(project: context.project, query: query) else {
            throw APIError.invalid("after", "'after' names no agent.")
        }
        return .list(page.map(AgentResource.init)) { $0.agent.definition.id }
    }

    @Sendable private func retrieve(_ request: Request, _ context: APIContext) async throws -> Response {
        .json(AgentResource(agent: try await agent(context)))
    }

    @Sendable private func update(_ request: Request, _ context: APIContext) async throws -> Response {
        let (fields, _) = try await request.fields(services.limits)
        while true {
            // When somebody else makes a version in between, the change is applied to that one.
            if let agent = try await store(fields, on: try await agent(context), context) {
                return .json(AgentResource(agent: agent))
            }
        }
    }

    /// Stores the next version of an agent; `nil` when there is a newer one already.
    private func store(_ fields: Fields, on old: AgentRecord, _ context: APIContext) async throws -> AgentRecord? {
        var agent = old
        try AgentSettings(fields: fields, limits: services.limits).apply(to: &agent.definition)
        if fields.has("name") {
            agent.definition.name = try fields.string("name", limit: services.limits.identifier)
        }
        if let metadata = try fields.metadata(services.limits) { agent.metadata = metadata }
        agent.definition.version += 1
        agent.updatedAt = max(services.runtime.clock.now(), agent.updatedAt)
        do throws(StoreError) {
            try await services.agents.update(agent, project: context.project)
            return agent
        } catch {
            guard error.code == .conflict else { throw error }
            return nil
        }
    }

    @Sendable private func delete(_ request: Request, _ context: APIContext) async throws -> Response {
        let id = try context.parameters.require("agent_id")
        guard try await services.agents.deleteAgent(id, project: context.project) else {
            throw APIError.notFound("agent", id)
        }
        return .json(["id": .string(id), "object": "agent.deleted", "deleted": true] as JSON)
    }

    private func agent(_ context: APIContext) async throws -> AgentRecord {
        let id = try context.parameters.require("agent_id")
        guard let agent = try await services.agents.agent(id, project: context.project) else {
            throw APIError.notFound("agent", id)
        }
        return agent
    }
}
