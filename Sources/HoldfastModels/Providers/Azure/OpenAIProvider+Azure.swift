public import AsyncHTTPClient
public import HoldfastCore
public import Logging

extension OpenAIProvider {
    /// Chat Completions as Azure offers it.
    /// - Throws: when the key, the endpoint or the version cannot be used.
    public init(
        azure: AzureConfiguration, client: HTTPClient, limits: Limits = Limits(), logger: Logger
    ) throws(ModelConfigurationError) {
        let endpoint = try Endpoint(azure.endpoint)
        let key = try azure.apiKey.resolve()
        self.init(
            OpenAIExchange(
                http: StreamedExchange(
                    client: client, endpoint: endpoint,
                    authorization: azure.usesBearer ? .bearer(key) : .header("api-key", key), limits: limits),
                address: azure.address(endpoint.base)),
            price: azure.price, sendsCacheKey: false, logger: logger)
    }
}
