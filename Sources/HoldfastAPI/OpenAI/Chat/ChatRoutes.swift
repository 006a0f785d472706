import HTTPTypes
import HoldfastCore
import HoldfastModels
import HoldfastRuntime
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
        let (provider, upstream) = try services.provider(of: envelope)
        let passage = InferencePassage(context: context)
        if let relay = provider as? any InferenceRelay {
            return try await passage.relay(.chatCompletions, envelope.body(model: upstream), over: relay)
        }
        let fields = try Request.fields(of: bytes, services.limits)
        var (call, choices) = try ChatRequestReader(limits: services.limits).read(fields)
        call.model = upstream
        let head = ChatHead(
            id: services.newID("chatcmpl"), created: services.runtime.clock.now() / 1_000, model: envelope.model)
        guard envelope.isStreamed else {
            let answers = try await passage.attempt { [call, choices] () async throws(ModelError) in
                try await Self.answers(choices, to: call, from: provider)
            }
            return .json(ChatCompletion(head: head, answers: answers))
        }
        let stream = ChatStream(
            head: head, includesUsage: try fields.fields("stream_options")?.bool("include_usage") ?? false,
            choices: choices)
        return try await stream.response(provider, call, context)
    }

    /// Several answers to one request, each from a call of its own.
    private static func answers(
        _ count: Int, to request: ModelRequest, from provider: any ModelProvider
    ) async throws(ModelError) -> [ModelAnswer] {
        if count == 1 { return [try await provider.call(request) { _ in }] }
        let results = await withTaskGroup { group in
            for index in 0..<count {
                group.addTask { () async -> (Int, Result<ModelAnswer, ModelError>) in
                    do throws(ModelError) {
                        return (index, .success(try await provider.call(request) { _ in }))
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
