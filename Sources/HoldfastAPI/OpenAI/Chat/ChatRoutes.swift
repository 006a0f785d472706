import HTTPTypes
import HoldfastCore
import HoldfastModels
import HoldfastRuntime
import HoldfastStore
import Hummingbird

/// `/chat/completions`: one inference, of which nothing is kept unless its client asks for it.
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
        if envelope.isStored {
            translated = try translation(of: bytes, envelope)
        } else if route.targets.contains(where: { $0.relay(for: .chatCompletions) == nil }) {
            do throws(APIError) {
                translated = try translation(of: bytes, envelope)
            } catch {
                // Providers that take the request as it is may know what the others do not.
                route = route.filtered { $0.relay(for: .chatCompletions) != nil }
                if route.targets.isEmpty { throw error }
            }
        }
        let book = InferenceBook(services, context, .chat, envelope)
        return try await InferencePassage(
            limits: services.limits, operation: .chatCompletions, envelope: envelope,
            translated: translated.map { .chat($0) },
            keep: envelope.isStored ? try keeper(bytes, translated, context) : nil, book: book, context: context
        ).response(route)
    }

    /// What keeps the completion.
    private func keeper(
        _ bytes: [UInt8], _ translated: ChatTranslation?, _ context: APIContext
    ) throws(APIError) -> (@Sendable ([ModelAnswer]) async throws -> Void)? {
        guard let head = translated?.head else { return nil }
        let fields = try Request.fields(of: bytes, services.limits)
        _ = try fields.metadata(services.limits)
        let (request, stored) = (fields.object, StoredCompletions(services: services, project: context.project))
        return { answers in
            try await stored.keep(head.id, request: request, completion: ChatCompletion(head: head, answers: answers))
        }
    }

    private func translation(of bytes: [UInt8], _ envelope: InferenceEnvelope) throws(APIError) -> ChatTranslation {
        let head = ChatHead(
            id: services.newID("chatcmpl"), created: services.runtime.clock.now() / 1_000, model: envelope.model)
        let (request, choices) = try ChatRequestReader(limits: services.limits).read(
            try Request.fields(of: bytes, services.limits))
        return ChatTranslation(request: request, choices: choices, head: head, includesUsage: envelope.wantsUsage)
    }
}

/// A request for models that do not speak Chat Completions themselves, and how their answers are written.
struct ChatTranslation: Sendable {
    let request: ModelRequest
    /// How many answers there are to be, each of them a model call of its own.
    let choices: Int
    let head: ChatHead
    /// Whether the client asked for the usage, which then comes in a chunk of its own.
    let includesUsage: Bool

    /// All answers, from calls that run side by side.
    func answers(from target: ModelTarget) async throws(ModelError) -> [ModelAnswer] {
        if choices == 1 { return [try await target.call(request) { _ in }.withWholeText] }
        let results = await withTaskGroup { group in
            for index in 0..<choices {
                group.addTask { () async -> (Int, Result<ModelAnswer, ModelError>) in
                    do throws(ModelError) {
                        return (index, .success(try await target.call(request) { _ in }.withWholeText))
                    } catch {
                        return (index, .failure(error))
                    }
                }
            }
            var results: [(Int, Result<ModelAnswer, ModelError>)] = []
            for await result in group {
                results.append(result)
                if case .failure = result.1 { group.cancelAll() }
            }
            return results
        }
        // The first failure is the reason of those that it cancelled.
        for case (_, .failure(let error)) in results { throw error }
        return results.sorted { $0.0 < $1.0 }.compactMap { try? $0.1.get() }
    }
}
