/// How to reach a server that speaks OpenAI's Chat Completions.
public struct OpenAIConfiguration: Sendable, Equatable {
    /// OpenAI's own API.
    public static let officialBaseURL = "https://api.openai.com/v1"

    /// The URL below which `/chat/completions` and the other operations are.
    public var baseURL: String
    /// The API key; `nil` for servers that need none.
    public var apiKey: SecretSource?
    /// What tokens cost; `nil` when it is not known. A route's price in the catalog comes first.
    public var price: ModelPrice?
    /// Whether to send `prompt_cache_key`, which keeps a session's calls on one cache. Some servers refuse fields that
    /// they do not know, so the default is only for OpenAI's own API.
    public var sendsCacheKey: Bool

    public init(
        baseURL: String = Self.officialBaseURL, apiKey: SecretSource? = nil, price: ModelPrice? = nil,
        sendsCacheKey: Bool? = nil
    ) {
        self.baseURL = baseURL
        self.apiKey = apiKey
        self.price = price
        self.sendsCacheKey = sendsCacheKey ?? baseURL.hasPrefix(Self.officialBaseURL)
    }

    /// The URL of the provider, and the host that error messages name.
    func endpoint() throws(ModelConfigurationError) -> Endpoint {
        let scheme = ["https://", "http://"].first { baseURL.hasPrefix($0) }
        guard let scheme else {
            throw ModelConfigurationError("a model provider's URL must begin with https:// or http://")
        }
        var base = baseURL[...]
        while base.hasSuffix("/") { base.removeLast() }
        let authority = base.dropFirst(scheme.count).prefix { $0 != "/" }
        guard !authority.isEmpty, !authority.contains("@"), !base.contains("?"), !base.contains("#") else {
            throw ModelConfigurationError(
                "a model provider's URL must have a host and no user name, query or fragment")
        }
        return Endpoint(base: String(base), host: String(authority))
    }

    struct Endpoint {
        /// The URL without a slash at its end.
        var base: String
        /// Host and port.
        var host: String

        var isLoopback: Bool {
            ["localhost", "127.", "[::1]"].contains { host.hasPrefix($0) }
        }
    }
}
