/// How to reach a server that speaks Anthropic's Messages.
public struct AnthropicConfiguration: Sendable, Equatable {
    /// Anthropic's own API.
    public static let officialBaseURL = "https://api.anthropic.com/v1"
    /// The version of the API that is asked for by default.
    public static let defaultVersion = "2026-10-21"
    /// The output tokens that a call may use by default, thinking included. The API wants a number in each request.
    public static let defaultMaxTokens = 16_384

    /// The URL below which `/messages` is.
    public var baseURL: String
    /// The key; `nil` for servers that need none.
    public var apiKey: SecretSource?
    /// Sends the key as `Authorization: Bearer`, as gateways want it, and not as `x-api-key`.
    public var usesBearer: Bool
    /// The value of `anthropic-version`. From 2026-10-21 on the API knows no `temperature` and `top_p`.
    public var version: String
    /// The values of `anthropic-beta`.
    public var betas: [String]
    /// Output tokens of a call that does not say how many.
    public var maxTokens: Int
    /// What tokens cost; `nil` when it is not known.
    public var price: ModelPrice?

    public init(
        baseURL: String = Self.officialBaseURL, apiKey: SecretSource? = nil, usesBearer: Bool = false,
        version: String = Self.defaultVersion, betas: [String] = [], maxTokens: Int = Self.defaultMaxTokens,
        price: ModelPrice? = nil
    ) {
        self.baseURL = baseURL
        self.apiKey = apiKey
        self.usesBearer = usesBearer
        self.version = version
        self.betas = betas
        self.maxTokens = maxTokens
        self.price = price
    }

    /// Whether requests may have `temperature` and `top_p`, which newer versions refuse. Versions are dates, so they compare as texts.
    var hasSampling: Bool { version < Self.defaultVersion }

    /// Whether it is Anthropic's own API, which caches what a request marks.
    var isOfficial: Bool { baseURL.hasPrefix(Self.officialBaseURL) }
}
