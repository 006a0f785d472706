import HTTPTypes
import HoldfastCore
import HoldfastModels
import HoldfastRuntime
import HoldfastStore
import Hummingbird

/// `/agents/sessions`: sessions.
struct SessionRoutes: Sendable {
    let services: APIServices

    func add(to group: RouterGroup<APIContext>) {
        group.serve(.post, "agents/sessions", create)
        group.serve(.get, "agents/sessions", list)
        group.serve(.get, "agents/sessions/:session_id", retrieve)
        group.serve(.post, "agents/sessions/:session_id", update)
        group.serve(.delete, "agents/sessions/:session_id", delete)
    }

    @Sendable private func create(_ request: Request, _ context: APIContext) async throws -> Response {
        let (fields, _) = try await request.fields(services.limits)
        let isStreaming = try fields.bool("stream") ?? false
        let options = try StreamOptions(fields, isStreaming: isStreaming)
        try SessionSupport.check(fields)
        let environment = try SessionSupport.environment(fields, id: services.newID("env"))
        if environment.kind == .hosted, let reason = services.hostedUnavailable {
            throw APIError.unsupported(
                "environment.type", "This server has no sandbox for hosted environments: \(reason)")
        }
        let input = try InputEvents(limits: services.limits).initial(fields)
        if input == nil, environment.kind == .none || isStreaming { throw APIError.missing("input") }
        let agent = try await definition(fields, context)
        let limit = try spendLimit(fields)
        try checkPrice(of: agent, limit)
        try await services.checkSessionCount(context.project)
        let created = SessionCreated(
            project: context.project, agent: agent, environment: environment,
            metadata: try fields.metadata(services.limits) ?? [:], spendLimit: limit)
        let id = services.newID("sess")
        let state: SessionState
        do throws(SubmitError) {
            state = try await services.runtime.create(
                session: id, created, input: input.map { [.messages($0)] } ?? [])
        } catch {
            throw APIError(error, session: id)
        }
        guard isStreaming else { return .json(SessionResource(state: state)) }
        return try await EventRoutes(services: services)
            .open(id, from: .beginning, isObfuscated: options.isObfuscated, request, context)
    }

    @Sendable private func list(_ request: Request, _ context: APIContext) async throws -> Response {
        let parameters = Query(request)
        let pairs = parameters.metadata.map { SessionHead.MetadataPair(key: $0.key, value: $0.value) }
        guard pairs.count <= services.limits.metadataPairs else {
            throw APIError.invalid(
                "metadata", "At most \(services.limits.metadataPairs) metadata pairs can be matched.")
        }
        let query = try ListQuery(request, services.limits)
        guard
            let rows = try await services.catalog.sessions(
                project: context.project, agent: parameters["agent_id"], metadata: pairs, query: query)
        else { throw APIError.invalid("after", "'after' names no session.") }
        var sessions: [SessionResource] = []
        for row in rows.entries {
            if let state = try await services.runtime.state(of: row.id, project: context.project) {
                sessions.append(SessionResource(state: state))
            }
        }
        return .list(Page(entries: sessions, hasMore: rows.hasMore)) { $0.state.id }
    }

    @Sendable private func retrieve(_ request: Request, _ context: APIContext) async throws -> Response {
        let id = try context.parameters.require("session_id")
        return .json(SessionResource(state: try await services.session(id, context.project)))
    }

    @Sendable private func update(_ request: Request, _ context: APIContext) async throws -> Response {
        let id = try context.parameters.require("session_id")
        let (fields, _) = try await request.fields(services.limits)
        try SessionSupport.check(fields)
        let state = try await wake(id, context)
        var update = SessionUpdated(metadata: try fields.metadata(services.limits))
        if let settings = try fields.fields("agent") { update.agent = try changed(state.agent, settings, context) }
        if fields.has("spend_control") {
            update.spendLimit =
                try spendLimit(fields).map(SessionUpdated.SpendLimit.cents) ?? SessionUpdated.SpendLimit.none
            try checkPrice(of: update.agent ?? state.agent, try spendLimit(fields))
        }
        return .json(SessionResource(state: try await submit(.update(update), id, context)))
    }

    @Sendable private func delete(_ request: Request, _ context: APIContext) async throws -> Response {
        let id = try context.parameters.require("session_id")
        _ = try await submit(.delete, id, context)
        return .json(["id": .string(id), "object": "agent.session.deleted", "deleted": true] as JSON)
    }

    private func wake(_ id: String, _ context: APIContext) async throws -> SessionState {
        do throws(SubmitError) {
            return try await services.runtime.wake(id, project: context.project)
        } catch {
            throw APIError(error, session: id)
        }
    }

    private func submit(_ command: SessionCommand, _ id: String, _ context: APIContext) async throws -> SessionState {
        do throws(SubmitError) {
            return try await services.runtime.submit(command, to: id, project: context.project)
        } catch {
            throw APIError(error, session: id)
        }
    }
}

extension SessionRoutes {
    /// The definition that a new session keeps: a saved agent's, an inline one, or a saved one with overrides.
    private func definition(_ fields: Fields, _ context: APIContext) async throws -> AgentDefinition {
        let overrides = try fields.fields("agent")
        var agent: AgentDefinition
        if let id = try fields.string("agent_id", limit: services.limits.identifier) {
            guard let saved = try await services.agents.agent(id, project: context.project) else {
                throw APIError(.notFound, code: "not_found", param: "agent_id", "No agent found with id '\(id)'.")
            }
            agent = saved.definition
        } else {
            guard let overrides else {
                throw APIError(
                    .badRequest, code: "missing_required_parameter", param: "agent",
                    "One of 'agent' and 'agent_id' is required.")
            }
            guard overrides.has("model") else { throw APIError.missing("agent.model") }
            agent = AgentDefinition(id: services.newID("agent"), model: "", settings: AgentSettings.defaults)
        }
        if let overrides { try AgentSettings(fields: overrides, limits: services.limits).apply(to: &agent) }
        try SessionSupport.check(agent, path: "agent.")
        try checkModel(agent.model, context)
        return agent
    }

    /// What an update may change of a session's agent: its model, reasoning, service tier and tools.
    private func changed(
        _ agent: AgentDefinition, _ fields: Fields, _ context: APIContext
    ) throws -> AgentDefinition {
        for name in ["instructions", "text", "multi_agent", "compaction", "experimental"] where fields.has(name) {
            throw APIError.invalid(fields.param(name), "'\(fields.param(name))' cannot be changed in a session.")
        }
        var changed = agent
        try AgentSettings(fields: fields, limits: services.limits).apply(to: &changed)
        try SessionSupport.check(changed, path: "agent.")
        try checkModel(changed.model, context)
        return changed
    }

    private func checkModel(_ model: String, _ context: APIContext) throws(APIError) {
        guard context.mayUse(model) else { throw .modelNotAllowed(model, param: "agent.model") }
        guard services.models.route(for: model) == nil else { return }
        let names = services.models.names.filter(context.mayUse).joined(separator: ", ")
        throw .invalid(
            "agent.model", "No provider of this server serves the model '\(model)'. Configured: \(names).",
            code: "model_not_found")
    }

    private func spendLimit(_ fields: Fields) throws(APIError) -> Int? {
        guard let control = try fields.fields("spend_control") else { return nil }
        guard control.has("limit") else { throw .missing("spend_control.limit") }
        return try control.integer("limit", in: 1...1_000_000_000)
    }

    private func checkPrice(of agent: AgentDefinition, _ limit: Int?) throws(APIError) {
        guard limit != nil, !services.models.hasPrice(agent.model) else { return }
        throw .unsupported(
            "spend_control.limit",
            "The model '\(agent.model)' has no price in this server's configuration, so spending cannot be limited.")
    }
}
