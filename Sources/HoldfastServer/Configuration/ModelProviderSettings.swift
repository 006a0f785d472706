/// A model provider that the server calls.
public struct ModelProviderSettings: Sendable, Equatable {
    /// The protocol that a provider speaks.
    public enum Kind: String, Sendable, CaseIterable {
        /// OpenAI's Chat Completions, which most model servers speak.
        case openai
    }

    /// Which of OpenAI's APIs a provider is called by.
    public enum API: String, Sendable, CaseIterable {
        case chatCompletions = "chat_completions"
        case responses
    }

    /// Where a provider's key comes from. It is never stored.
    public enum Key: Sendable, Equatable {
        case none
        /// The name of an environment variable.
        case environment(String)
        /// The path of a file whose trimmed content is the key.
        case file(String)
    }

    /// What a provider charges, in micro-dollars (1/1,000,000 USD) per million tokens.
    public struct Price: Sendable, Equatable {
        public var input: Int64
        public var cachedInput: Int64
        public var output: Int64

        public init(input: Int64, cachedInput: Int64, output: Int64) {
            self.input = input
            self.cachedInput = cachedInput
            self.output = output
        }
    }

    public var name: String
    public var kind: Kind
    public var api = API.chatCompletions
    /// The base URL, without a slash at the end; requests go to `…/chat/completions`.
    public var baseURL: String
    public var key: Key
    /// The models that it serves: names, or prefixes that end with `*`.
    public var models: [String]
    /// The provider's own names of models that agents know under another name.
    public var upstream: [String: String]
    /// Prices by model name, or by prefix that ends with `*`.
    public var prices: [String: Price]

    public init(
        name: String, kind: Kind = .openai, baseURL: String, key: Key = .none, models: [String] = ["*"],
        upstream: [String: String] = [:], prices: [String: Price] = [:]
    ) {
        self.name = name
        self.kind = kind
        self.baseURL = baseURL
        self.key = key
        self.models = models
        self.upstream = upstream
        self.prices = prices
    }
}
