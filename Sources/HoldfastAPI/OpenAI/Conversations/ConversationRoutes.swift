import HTTPTypes
import HoldfastCore
import HoldfastRuntime
import HoldfastStore
import Hummingbird

/// `/conversations`: durable sessions, as Conversations show them. Every session of the project is one: `conv_` instead
/// of `sess_` names it.
struct ConversationRoutes: Sendable {
    let services: APIServices

    func add(to group: RouterGroup<APIContext>) {
        group.serve(.post, "conversations", create)
        group.serve(.get, "conversations/:conversation_id", retrieve)
        group.serve(.post, "conversations/:conversation_id", update)
        group.serve(.delete, "conversations/:conversation_id", delete)
        group.serve(.post, "conversations/:conversation_id/items", addItems)
        group.serve(.get, "conversations/:conversation_id/items", items)
        group.serve(.get, "conversations/:conversation_id/items/:item_id", item)
        group.serve(.delete, "conversations/:conversation_id/items/:item_id", deleteItem)
    }

    @Sendable private func create(_ request: Request, _ context: APIContext) async throws -> Response {
        let (fields, _) = try await request.fields(services.limits)
        let items = fields.value("items") == nil ? [] : try read(fields, nil)
        let metadata = try fields.metadata(services.limits) ?? [:]
        try await services.checkSessionCount(context.project)
        let session = services.newID("sess")
        // The model is the one of the first response.
        let agent = AgentDefinition(id: services.newID("agent"), model: "", settings: AgentSettings.defaults)
        do throws(SubmitError) {
            let state = try await services.runtime.create(
                session: session, SessionCreated(project: context.project, agent: agent, metadata: metadata),
                first: items.isEmpty ? [] : [.addItems(items)])
            return .json(ConversationResource(state: state))
        } catch {
            throw APIError(error, session: session)
        }
    }

    @Sendable private func retrieve(_ request: Request, _ context: APIContext) async throws -> Response {
        .json(ConversationResource(state: try await conversation(context)))
    }

    @Sendable private func update(_ request: Request, _ context: APIContext) async throws -> Response {
        let state = try await conversation(context)
        let (fields, _) = try await request.fields(services.limits)
        guard fields.has("metadata") else { throw APIError.missing("metadata") }
        let metadata = try fields.metadata(services.limits) ?? [:]
        return .json(
            ConversationResource(
                state: try await submit(.update(SessionUpdated(metadata: metadata)), state.id, context)))
    }

    @Sendable private func delete(_ request: Request, _ context: APIContext) async throws -> Response {
        let state = try await conversation(context)
        _ = try await submit(.delete, state.id, context)
        let id = SessionName.conversation(state.id)
        return .json(["id": .string(id), "object": "conversation.deleted", "deleted": true] as JSON)
    }

    @Sendable private func addItems(_ request: Request, _ context: APIContext) async throws -> Response {
        let state = try await conversation(context)
        let (fields, _) = try await request.fields(services.limits)
        let items = try read(fields, state)
        guard !items.isEmpty else { throw APIError.invalid("items", "'items' must not be empty.") }
        let after = try await submit(.addItems(items), state.id, context)
        guard let turn = after.turns.indices.last else { throw APIError.notFound("conversation", state.id) }
        let added = Array(after.items[after.items(ofTurn: turn)])
        return .list(Page(entries: added.map { ResponseItem(item: $0) }, hasMore: false)) { $0.item.id }
    }

    @Sendable private func items(_ request: Request, _ context: APIContext) async throws -> Response {
        let state = try await conversation(context)
        let page = try ListQuery(request, services.limits).page(of: state.conversation, id: \.id)
        let withContent = Query(request).list("include").contains("reasoning.encrypted_content")
        return .list(page.map { ResponseItem(item: $0, withEncryptedContent: withContent) }) { $0.item.id }
    }

    @Sendable private func item(_ request: Request, _ context: APIContext) async throws -> Response {
        let state = try await conversation(context)
        let id = try context.parameters.require("item_id")
        guard let item = state.conversation.last(where: { $0.id == id }) else { throw APIError.notFound("item", id) }
        return .json(ResponseItem(item: item))
    }

    @Sendable private func deleteItem(_ request: Request, _ context: APIContext) async throws -> Response {
        let state = try await conversation(context)
        let id = try context.parameters.require("item_id")
        return .json(ConversationResource(state: try await submit(.deleteItem(id), state.id, context)))
    }

    private func read(_ fields: Fields, _ state: SessionState?) throws -> [Item.Body] {
        let reader = InputItemReader(limits: services.limits) { id in state?.items.last { $0.id == id }?.body }
        return try reader.items(fields, "items", limit: services.limits.conversationItems)
    }

    private func conversation(_ context: APIContext) async throws -> SessionState {
        let id = try context.parameters.require("conversation_id")
        guard id.utf8.count <= services.limits.identifier,
            let state = try await services.runtime.state(of: SessionName.session(id), project: context.project)
        else { throw APIError.notFound("conversation", id) }
        return state
    }

    private func submit(_ command: SessionCommand, _ id: String, _ context: APIContext) async throws -> SessionState {
        do throws(SubmitError) {
            return try await services.runtime.submit(command, to: id, project: context.project)
        } catch {
            throw APIError(error, session: id)
        }
    }
}
