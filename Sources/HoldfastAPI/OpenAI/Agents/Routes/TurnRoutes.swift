import HoldfastCore
import HoldfastStore
import Hummingbird

/// `/agents/sessions/{id}/items` and `…/turns`: what a session did.
struct TurnRoutes: Sendable {
    let services: APIServices

    func add(to group: RouterGroup<APIContext>) {
        group.serve(.get, "agents/sessions/:session_id/items", items)
        group.serve(.get, "agents/sessions/:session_id/turns", turns)
        group.serve(.get, "agents/sessions/:session_id/turns/:turn_id", turn)
        group.serve(.get, "agents/sessions/:session_id/turns/:turn_id/items", turnItems)
    }

    @Sendable private func items(_ request: Request, _ context: APIContext) async throws -> Response {
        let state = try await session(context)
        return list(
            try ListQuery(request, services.limits).page(of: state.items.filter { $0.body != .deleted }, id: \.id))
    }

    @Sendable private func turns(_ request: Request, _ context: APIContext) async throws -> Response {
        let state = try await session(context)
        let page = try ListQuery(request, services.limits).page(of: state.turns, id: \.id)
        return .list(page.map { TurnResource(turn: $0, state: state) }) { $0.turn.id }
    }

    @Sendable private func turn(_ request: Request, _ context: APIContext) async throws -> Response {
        let (state, index) = try await sessionTurn(context)
        return .json(TurnResource(turn: state.turns[index], state: state))
    }

    @Sendable private func turnItems(_ request: Request, _ context: APIContext) async throws -> Response {
        let (state, index) = try await sessionTurn(context)
        return list(
            try ListQuery(request, services.limits).page(
                of: state.items[state.items(ofTurn: index)].filter { $0.body != .deleted }, id: \.id))
    }

    private func list(_ page: Page<Item>) -> Response {
        .list(page.map { ItemResource(item: $0) }) { $0.item.id }
    }

    private func session(_ context: APIContext) async throws -> SessionState {
        try await services.session(try context.parameters.require("session_id"), context.project)
    }

    private func sessionTurn(_ context: APIContext) async throws -> (SessionState, Int) {
        let state = try await session(context)
        let id = try context.parameters.require("turn_id")
        guard let index = state.turns.lastIndex(where: { $0.id == id }) else { throw APIError.notFound("turn", id) }
        return (state, index)
    }
}
