import HTTPTypes
import HoldfastCore
import HoldfastModels
import HoldfastRuntime
import Hummingbird
import NIOCore

/// `/chat/completions`: one inference, of which nothing is kept.
struct ChatRoutes: Sendable {
    let services: APIServices

    func add(to group: RouterGroup<APIContext>) {
        group.serve(.post, "chat/completions", create)
    }

    @Sendable private func create(_ request: Request, _ context: APIContext) async throws -> Response {
        let bytes = try await request.bodyBytes(services.limits)
        let envelope = try ChatEnvelope(bytes, limits: services.limits)
        guard let (provider, upstream) = services.models.provider(for: envelope.model) else {
            throw APIError.unknownModel(envelope.model, known: services.models.names)
        }
        if let relay = provider as? any ChatRelay {
            let body = ByteBuffer(bytes: envelope.body(model: upstream))
            let answer = try await Self.attempt(context) { () async throws(ModelError) in try await relay.relay(body) }
            return Self.response(answer, context)
        }
        let fields = try Request.fields(of: bytes, services.limits)
        var call = try ChatRequestReader(limits: services.limits).read(fields)
        call.model = upstream
        let head = ChatHead(
            id: services.newID("chatcmpl"), created: services.runtime.clock.now() / 1_000, model: envelope.model)
        guard envelope.isStreamed else {
            let answer = try await Self.attempt(context) { [call] () async throws(ModelError) in
                try await provider.call(call) { _ in }
            }
            return .json(ChatCompletion(head: head, answer: answer))
        }
        let stream = ChatStream(
            head: head, includesUsage: try fields.fields("stream_options")?.bool("include_usage") ?? false)
        return try await stream.response(provider, call, context)
    }

    /// Runs one attempt, for as long as the client is there.
    private static func attempt<Value: Sendable>(
        _ context: APIContext, _ body: @escaping @Sendable () async throws(ModelError) -> Value
    ) async throws -> Value {
        do {
            return try await RequestGuard.whileConnected(context.channel) { try await body() }
        } catch let error as ModelError {
            throw APIError(error)
        }
    }

    /// Passes an upstream's answer on as it comes.
    private static func response(_ answer: RelayedAnswer, _ context: APIContext) -> Response {
        var headers: HTTPFields = [.contentType: answer.contentType]
        if let retryAfter = answer.retryAfter { headers[.retryAfter] = String(retryAfter) }
        let channel = context.channel
        let body = ResponseBody { writer in
            let output = ResponseOutput(writer)
            try await RequestGuard.whileConnected(channel) {
                try await answer.forEachChunk { try await output.write($0) }
                try await output.finish()
            }
        }
        return Response(status: .init(code: answer.status), headers: headers, body: body)
    }
}
