public import AsyncHTTPClient
public import HoldfastCore
public import Logging
public import NIOCore

/// Answers model calls over Chat Completions, as OpenAI and many other servers offer it.
///
/// One call is one streamed request. The provider bounds everything that it reads, and no error or log line of it
/// shows the API key.
public struct OpenAIProvider: PricedProvider, InferenceRelay {
    private let configuration: OpenAIConfiguration
    private let exchange: OpenAIExchange
    private let logger: Logger
    private let usageWarning = OnceFlag()

    /// Reads the API key.
    /// - Parameters:
    ///   - client: made by `makeClient(limits:)`; whoever made it also shuts it down.
    /// - Throws: when the key or the URL cannot be used.
    public init(
        _ configuration: OpenAIConfiguration, client: HTTPClient, limits: Limits = Limits(), logger: Logger
    ) throws(ModelConfigurationError) {
        self.configuration = configuration
        self.logger = logger
        exchange = try OpenAIExchange(configuration, client: client, limits: limits, logger: logger)
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

    public var hasPrice: Bool { configuration.price != nil }

    public func call(
        _ request: ModelRequest, emit: @escaping @Sendable (ModelPiece) -> Void
    ) async throws(ModelError) -> ModelAnswer {
        let body = OpenAIRequestBody(request: request, sendsCacheKey: configuration.sendsCacheKey)
        var answer = try await exchange.run(JSONWriter.bytes(body), emit: emit)
        if let usage = answer.usage {
            answer.answer.cost = configuration.price?.cost(of: usage) ?? 0
        } else if usageWarning.raise() {
            logger.warning(
                "the model provider reports no token usage, so its calls count as free",
                metadata: ["host": "\(exchange.host)", "model": "\(request.model)"])
        }
        return answer.answer
    }

    public let operations: Set<InferenceOperation> = [.chatCompletions, .embeddings]

    public func relay(
        _ operation: InferenceOperation, _ body: ByteBuffer
    ) async throws(ModelError) -> RelayedAnswer {
        try await exchange.relay(operation, body)
    }
}
