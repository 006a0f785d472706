public import AsyncHTTPClient
public import HoldfastCore
public import Logging
public import NIOCore

/// Answers model calls over Chat Completions, as OpenAI and many other servers offer it.
///
/// One call is one streamed request. The provider bounds everything that it reads, and no error or log line of it
/// shows the API key.
public struct OpenAIProvider: PricedProvider, InferenceRelay {
    private let exchange: OpenAIExchange
    private let price: ModelPrice?
    private let sendsCacheKey: Bool
    private let usageReport: UsageReport

    /// Reads the API key.
    /// - Parameters:
    ///   - client: made by `makeClient(limits:)`; whoever made it also shuts it down.
    /// - Throws: when the key or the URL cannot be used.
    public init(
        _ configuration: OpenAIConfiguration, client: HTTPClient, limits: Limits = Limits(), logger: Logger
    ) throws(ModelConfigurationError) {
        let endpoint = try Endpoint(configuration.baseURL)
        let key = try configuration.apiKey?.resolve()
        self.init(
            OpenAIExchange(
                http: StreamedExchange(
                    client: client, endpoint: endpoint, authorization: key.map { .bearer($0) } ?? .none, limits: limits),
                address: .base(endpoint.base)),
            price: configuration.price, sendsCacheKey: configuration.sendsCacheKey, logger: logger)
    }

    /// For servers with another address or authorization.
    init(_ exchange: OpenAIExchange, price: ModelPrice?, sendsCacheKey: Bool, logger: Logger) {
        self.exchange = exchange
        self.price = price
        self.sendsCacheKey = sendsCacheKey
        usageReport = UsageReport(host: exchange.host, logger: logger)
        exchange.http.warnIfExposed(logger)
    }

    /// An HTTP client with the connect time of the limits. It follows no redirect, which could carry a conversation to
    /// another host, and does not retry a connection: retries are the caller's and are in the journal.
    public static func makeClient(limits: Limits = Limits()) -> HTTPClient {
        var configuration = HTTPClient.Configuration()
        configuration.timeout.connect = .milliseconds(limits.modelConnectTime)
        configuration.redirectConfiguration = .disallow
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 256
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    public var hasPrice: Bool { price != nil }

    public func call(
        _ request: ModelRequest, emit: @escaping @Sendable (ModelPiece) -> Void
    ) async throws(ModelError) -> ModelAnswer {
        let body = try OpenAIRequestBody(request: request, host: exchange.host, sendsCacheKey: sendsCacheKey)
        var answer = try await exchange.run(JSONWriter.bytes(body), model: request.model, emit: emit)
        answer.answer.cost = usageReport.cost(of: answer.usage, price: price, model: request.model)
        return answer.answer
    }

    public let operations: Set<InferenceOperation> = [.chatCompletions, .embeddings]

    public func relay(
        _ operation: InferenceOperation, _ body: ByteBuffer
    ) async throws(ModelError) -> RelayedAnswer {
        try await exchange.relay(operation, body)
    }
}
