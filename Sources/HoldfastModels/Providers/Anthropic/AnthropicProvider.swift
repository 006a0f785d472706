public import AsyncHTTPClient
public import HoldfastCore
public import Logging
import NIOCore

/// Answers model calls over Anthropic's Messages API.
///
/// One call is one streamed request. The provider bounds everything that it reads, and no error or log line of it
/// shows the key.
public struct AnthropicProvider: PricedProvider {
    private let configuration: AnthropicConfiguration
    private let http: StreamedExchange
    private let usageReport: UsageReport

    /// Reads the key.
    /// - Parameter client: made by `OpenAIProvider.makeClient(limits:)`; whoever made it also shuts it down.
    /// - Throws: when the key or the URL cannot be used.
    public init(
        _ configuration: AnthropicConfiguration, client: HTTPClient, limits: Limits = Limits(), logger: Logger
    ) throws(ModelConfigurationError) {
        let endpoint = try Endpoint(configuration.baseURL)
        let key = try configuration.apiKey?.resolve()
        let authorization: Authorization? = key.map { key in
            configuration.usesBearer ? .bearer(key) : .header("x-api-key", key)
        }
        self.configuration = configuration
        http = StreamedExchange(
            client: client, endpoint: endpoint, authorization: authorization ?? .none, limits: limits)
        usageReport = UsageReport(host: endpoint.host, logger: logger)
        http.warnIfExposed(logger)
    }

    public var hasPrice: Bool { configuration.price != nil }

    public func call(
        _ request: ModelRequest, emit: @escaping @Sendable (ModelPiece) -> Void
    ) async throws(ModelError) -> ModelAnswer {
        let tools = try ToolSelection(request, dialect: AnthropicRequestBody.dialect)
        let body = try AnthropicRequestBody(request, tools: tools, configuration: configuration)
        var fields = [("anthropic-version", configuration.version)]
        if !configuration.betas.isEmpty {
            fields.append(("anthropic-beta", configuration.betas.joined(separator: ",")))
        }
        let message = http.post(
            http.endpoint.base + "/messages", accept: "text/event-stream, application/json", fields: fields,
            ByteBuffer(bytes: JSONWriter.bytes(body.json)))
        let (answer, usage) = try await http.run(
            message, reader: AnthropicAnswerReader(limits: http.limits, tools: tools),
            failure: AnthropicFailure.http, emit: emit)
        var priced = answer
        priced.cost = usageReport.cost(of: usage, price: configuration.price, model: request.model)
        return priced
    }
}
