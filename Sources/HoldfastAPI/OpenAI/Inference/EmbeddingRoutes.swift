import HoldfastModels
import HoldfastStore
import Hummingbird

/// `/embeddings`: vectors for texts, of which nothing is kept.
struct EmbeddingRoutes: Sendable {
    let services: APIServices

    func add(to group: RouterGroup<APIContext>) {
        group.serve(.post, "embeddings", create)
    }

    @Sendable private func create(_ request: Request, _ context: APIContext) async throws -> Response {
        let envelope = try InferenceEnvelope(try await request.bodyBytes(services.limits), limits: services.limits)
        let route = try services.route(of: envelope, context).filtered { $0.relay != nil }
        guard !route.targets.isEmpty else {
            throw APIError.unsupported("model", "The model '\(envelope.model)' makes no embeddings.")
        }
        let book = InferenceBook(services, context, .embeddings, envelope)
        return try await InferencePassage(
            operation: .embeddings, envelope: envelope, translated: nil, book: book, context: context
        ).response(route)
    }
}
