import HoldfastModels
import Hummingbird

/// `/embeddings`: vectors for texts, of which nothing is kept.
struct EmbeddingRoutes: Sendable {
    let services: APIServices

    func add(to group: RouterGroup<APIContext>) {
        group.serve(.post, "embeddings", create)
    }

    @Sendable private func create(_ request: Request, _ context: APIContext) async throws -> Response {
        let envelope = try InferenceEnvelope(try await request.bodyBytes(services.limits), limits: services.limits)
        let (provider, upstream) = try services.provider(of: envelope)
        guard let relay = provider as? any InferenceRelay, relay.operations.contains(.embeddings) else {
            throw APIError.unsupported("model", "The model '\(envelope.model)' makes no embeddings.")
        }
        return try await InferencePassage(context: context).relay(
            .embeddings, envelope.body(model: upstream), over: relay, services.limits)
    }
}
