extension ModelProviderSettings {
    /// What only some types of provider have. `nil` is the default of the type.
    public struct Options: Sendable, Equatable {
        /// How a key is sent.
        public enum Authorization: String, Sendable, CaseIterable {
            /// In the provider's own header field: `api-key`, `x-api-key`.
            case apiKey = "api_key"
            /// As `Authorization: Bearer`.
            case bearer
        }

        /// Which of Bedrock's APIs is called.
        public enum BedrockAPI: String, Sendable, CaseIterable {
            case converseStream = "converse_stream"
            case converse
            case openai
        }

        /// Which of OpenAI's APIs a provider of that type is called by.
        public enum OpenAIAPI: String, Sendable, CaseIterable {
            case chatCompletions = "chat_completions"
            case responses
        }

        public var authorization: Authorization?
        /// Azure's version, or `v1` for the paths without one.
        public var apiVersion: String?
        public var anthropicVersion: String?
        public var anthropicBetas: [String] = []
        public var maxTokens: Int?
        public var region: String?
        public var bedrockAPI: BedrockAPI?
        public var openAIAPI: OpenAIAPI?
        public var signingName: String?
        public var accessKey = Key.none
        public var secretKey = Key.none
        public var sessionToken = Key.none

        public init() {}

        /// The names of the settings that only some types have, with those types.
        static let kinds: [String: [Kind]] = [
            "auth": [.azure, .anthropic], "api_version": [.azure], "anthropic_version": [.anthropic],
            "anthropic_beta": [.anthropic], "max_tokens": [.anthropic, .bedrock], "region": [.bedrock],
            "api": [.openai, .bedrock], "signing_name": [.bedrock], "access_key_env": [.bedrock],
            "access_key_file": [.bedrock],
            "secret_key_env": [.bedrock], "secret_key_file": [.bedrock], "session_token_env": [.bedrock],
            "session_token_file": [.bedrock],
        ]

        /// The names in the order in which lists show them.
        static let names = kinds.keys.sorted()
    }
}
