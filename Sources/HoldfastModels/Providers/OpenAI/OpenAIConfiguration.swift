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
}
