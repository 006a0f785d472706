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
        if let relay = provider as? any InferenceRelay, relay.operations.contains(.chatCompletions) {
            return try await passage.relay(
                .chatCompletions, envelope.body(model: upstream), over: relay, services.limits)
        }
        let fields = try Request.fields(of: bytes, services.limits)
        var call = try ChatRequestReader(limits: services.limits).read(fields)
        call.model = upstream
        let head = ChatHead(
            id: services.newID("chatcmpl"), created: services.runtime.clock.now() / 1_000, model: envelope.model)
        guard envelope.isStreamed else {
            let answer = try await passage.attempt { [call] () async throws(ModelError) in
                try await provider.call(call) { _ in }
            }
            return .json(ChatCompletion(head: head, answer: answer.withWholeText))
        }
        let stream = ChatStream(
            head: head, includesUsage: try fields.fields("stream_options")?.bool("include_usage") ?? false)
        return try await stream.response(provider, call, context)
    }
}
