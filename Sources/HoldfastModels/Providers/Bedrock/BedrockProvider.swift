public import AsyncHTTPClient
public import HoldfastCore
public import Logging
import NIOCore

/// Answers model calls over Amazon Bedrock's Converse API.
///
/// One call is one request. The provider bounds everything that it reads, and no error or log line of it shows a
/// secret.
public struct BedrockProvider: PricedProvider {
    private let configuration: BedrockConfiguration
    private let http: StreamedExchange
    private let isStreamed: Bool
    private let usageReport: UsageReport

    /// Reads the secrets.
    /// - Parameters:
    ///   - configuration: one whose dialect is `converse`; `OpenAIProvider` takes the other.
    ///   - client: made by `OpenAIProvider.makeClient(limits:)`; whoever made it also shuts it down.
    /// - Throws: when a secret, the region or the URL cannot be used.
    public init(
        _ configuration: BedrockConfiguration, client: HTTPClient, limits: Limits = Limits(), logger: Logger
    ) throws(ModelConfigurationError) {
        guard case .converse(let isStreamed) = configuration.dialect else {
            throw ModelConfigurationError("Chat Completions on Bedrock is served by the provider of that dialect")
        }
        self.configuration = configuration
        self.isStreamed = isStreamed
        http = StreamedExchange(
            client: client, endpoint: try configuration.endpoint, authorization: try configuration.authorization(),
            limits: limits)
        usageReport = UsageReport(host: http.host, logger: logger)
        http.warnIfExposed(logger)
    }

    public var hasPrice: Bool { configuration.price != nil }

    public func call(
        _ request: ModelRequest, emit: @escaping @Sendable (ModelPiece) -> Void
    ) async throws(ModelError) -> ModelAnswer {
        let tools = try ToolSelection(request, dialect: BedrockRequestBody.dialect)
        let body = try BedrockRequestBody(request, tools: tools, maxTokens: configuration.maxTokens)
        let bytes = ByteBuffer(bytes: JSONWriter.bytes(body.json))
        // A model's id has colons, and slashes when it is an ARN.
        let model = http.endpoint.base + "/model/" + PercentEncoding.encoded(request.model)
        var (answer, usage): (ModelAnswer, TokenUsage?)
        if isStreamed {
            (answer, usage) = try await http.run(
                http.post(model + "/converse-stream", accept: "application/vnd.amazon.eventstream", bytes),
                reader: BedrockStreamReader(limits: http.limits, tools: tools), failure: BedrockFailure.http, emit: emit
            )
        } else {
            (answer, usage) = try await http.run(
                http.post(model + "/converse", accept: "application/json", bytes),
                reader: BedrockWholeReader(limits: http.limits, tools: tools), failure: BedrockFailure.http, emit: emit)
        }
        answer.cost = usageReport.cost(of: usage, price: configuration.price, model: request.model)
        return answer
    }
}
