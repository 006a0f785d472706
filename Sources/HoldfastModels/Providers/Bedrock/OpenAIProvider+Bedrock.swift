public import AsyncHTTPClient
public import HoldfastCore
public import Logging

extension OpenAIProvider {
    /// Chat Completions as Bedrock offers it.
    /// - Parameter bedrock: one whose dialect is `openAI`.
    /// - Throws: when a secret, the region or the URL cannot be used.
    public init(
        bedrock: BedrockConfiguration, client: HTTPClient, limits: Limits = Limits(), logger: Logger
    ) throws(ModelConfigurationError) {
        let endpoint = try bedrock.endpoint
        self.init(
            OpenAIExchange(
                http: StreamedExchange(
                    client: client, endpoint: endpoint, authorization: try bedrock.authorization(), limits: limits),
                address: .base(endpoint.base)),
            price: bedrock.price, sendsCacheKey: false, logger: logger)
    }
}
