public import AsyncHTTPClient
public import HoldfastCore
public import Logging
public import NIOCore
import Synchronization

/// Answers model calls over the Responses API, as OpenAI, vLLM and gateways offer it.
///
/// One call is one streamed `POST /responses` with `store: false`: the conversation is this server's, the upstream keeps
/// nothing. Bounds and secrecy are those of `OpenAIProvider`.
public struct OpenAIResponsesProvider: PricedProvider, InferenceRelay {
    private let configuration: OpenAIConfiguration
    private let exchange: OpenAIExchange
    private let usageReport: UsageReport
    private let withoutEncryption = ModelNames()

    /// Reads the API key.
    /// - Parameters:
    ///   - client: made by `OpenAIProvider.makeClient(limits:)`; whoever made it also shuts it down.
    /// - Throws: when the key or the URL cannot be used.
    public init(
        _ configuration: OpenAIConfiguration, client: HTTPClient, limits: Limits = Limits(), logger: Logger
    ) throws(ModelConfigurationError) {
        let endpoint = try Endpoint(configuration.baseURL)
        let key = try configuration.apiKey?.resolve()
        self.configuration = configuration
        exchange = OpenAIExchange(
            http: StreamedExchange(
                client: client, endpoint: endpoint, authorization: key.map { .bearer($0) } ?? .none, limits: limits),
            address: .base(endpoint.base))
        usageReport = UsageReport(host: exchange.host, logger: logger)
        exchange.http.warnIfExposed(logger)
    }

    public var hasPrice: Bool { configuration.price != nil }

    public let operations: Set<InferenceOperation> = [.responses, .embeddings]

    public func call(
        _ request: ModelRequest, emit: @escaping @Sendable (ModelPiece) -> Void
    ) async throws(ModelError) -> ModelAnswer {
        var body = ResponsesRequestBody(request: request, sendsCacheKey: configuration.sendsCacheKey)
        try body.check()
        body.asksForEncryption = !withoutEncryption.contains(request.model)
        var answer = try await run(body, emit: emit)
        answer.answer.cost = usageReport.cost(of: answer.usage, price: configuration.price, model: request.model)
        return answer.answer
    }

    /// Asks again, without what the upstream says it cannot take of encrypted reasoning; it has answered nothing by then.
    private func run(
        _ body: ResponsesRequestBody, emit: @escaping @Sendable (ModelPiece) -> Void
    ) async throws(ModelError) -> ResponsesAnswer {
        var body = body
        while true {
            do throws(ModelError) {
                return try await exchange.run(body, emit: emit)
            } catch {
                guard error.code == .invalidRequest, body.leaveOut(refusedWith: error.message) else { throw error }
                if !body.asksForEncryption { withoutEncryption.insert(body.request.model) }
            }
        }
    }

    public func relay(
        _ operation: InferenceOperation, _ body: ByteBuffer
    ) async throws(ModelError) -> RelayedAnswer {
        try await exchange.relay(operation, body)
    }
}

/// Names of models that something was learnt about.
private final class ModelNames: Sendable {
    private let names = Mutex<Set<String>>([])

    func contains(_ name: String) -> Bool { names.withLock { $0.contains(name) } }

    func insert(_ name: String) { names.withLock { _ = $0.insert(name) } }
}
