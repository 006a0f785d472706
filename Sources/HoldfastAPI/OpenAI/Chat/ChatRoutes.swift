import HTTPTypes
import HoldfastCore
import HoldfastModels
import HoldfastRuntime
import HoldfastStore
import Hummingbird

/// `/chat/completions`: one inference, of which nothing is kept.
struct ChatRoutes: Sendable {
    let services: APIServices

    func add(to group: RouterGroup<APIContext>) {
        group.serve(.post, "chat/completions", create)
    }

    @Sendable private func create(_ request: Request, _ context: APIContext) async throws -> Response {
        let bytes = try await request.bodyBytes(services.limits)
        let envelope = try InferenceEnvelope(bytes, limits: services.limits)
        var route = try services.route(of: envelope, context)
        var translated: ChatTranslation?
        if route.targets.contains(where: { $0.relay == nil }) {
            do throws(APIError) {
                translated = try translation(of: bytes, envelope)
            } catch {
                // Providers that take the request as it is may know what the others do not.
                route = route.filtered { $0.relay != nil }
                if route.targets.isEmpty { throw error }
            }
        }
        let book = InferenceBook(services, context, .chat, envelope)
        return try await InferencePassage(
            operation: .chatCompletions, envelope: envelope, translated: translated, book: book, context: context
        ).response(route)
    }

    private func translation(of bytes: [UInt8], _ envelope: InferenceEnvelope) throws(APIError) -> ChatTranslation {
        let head = ChatHead(
            id: services.newID("chatcmpl"), created: services.runtime.clock.now() / 1_000, model: envelope.model)
        return ChatTranslation(
            request: try ChatRequestReader(limits: services.limits).read(
                try Request.fields(of: bytes, services.limits)),
            head: head, includesUsage: envelope.wantsUsage)
    }
}

/// A request for models that do not speak Chat Completions themselves, and how their answers are written.
struct ChatTranslation: Sendable {
    let request: ModelRequest
    let head: ChatHead
    /// Whether the client asked for the usage, which then comes in a chunk of its own.
    let includesUsage: Bool
}
