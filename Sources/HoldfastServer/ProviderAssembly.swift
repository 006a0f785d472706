import AsyncHTTPClient
import HoldfastCore
import HoldfastModels
import Logging

/// Builds a model provider from its configuration.
enum ProviderAssembly {
    static func provider(
        _ settings: ModelProviderSettings, client: HTTPClient, limits: Limits, logger: Logger
    ) throws -> any PricedProvider {
        let options = settings.options
        let key = source(settings.key)
        let usesBearer = options.authorization == .bearer
        switch settings.kind {
        case .openai:
            let configuration = OpenAIConfiguration(baseURL: settings.baseURL, apiKey: key)
            if options.openAIAPI == .responses {
                return try OpenAIResponsesProvider(configuration, client: client, limits: limits, logger: logger)
            }
            return try OpenAIProvider(configuration, client: client, limits: limits, logger: logger)
        case .azure:
            guard let key else { throw ModelConfigurationError("provider \(settings.name) needs key_env or key_file") }
            let version = options.apiVersion ?? AzureConfiguration.defaultVersion
            let configuration = AzureConfiguration(
                endpoint: settings.baseURL, apiVersion: version == "v1" ? nil : version, apiKey: key,
                usesBearer: usesBearer)
            return try OpenAIProvider(azure: configuration, client: client, limits: limits, logger: logger)
        case .anthropic:
            let configuration = AnthropicConfiguration(
                baseURL: settings.baseURL, apiKey: key, usesBearer: usesBearer,
                version: options.anthropicVersion ?? AnthropicConfiguration.defaultVersion,
                betas: options.anthropicBetas,
                maxTokens: options.maxTokens ?? AnthropicConfiguration.defaultMaxTokens)
            return try AnthropicProvider(configuration, client: client, limits: limits, logger: logger)
        case .bedrock:
            let configuration = try bedrock(settings, key: key)
            guard options.bedrockAPI != .openai else {
                return try OpenAIProvider(bedrock: configuration, client: client, limits: limits, logger: logger)
            }
            return try BedrockProvider(configuration, client: client, limits: limits, logger: logger)
        }
    }

    private static func bedrock(
        _ settings: ModelProviderSettings, key: SecretSource?
    ) throws -> BedrockConfiguration {
        let options = settings.options
        let access: BedrockConfiguration.Access
        if let key {
            access = .bearer(key)
        } else if let accessKey = source(options.accessKey), let secretKey = source(options.secretKey) {
            access = .signature(
                accessKey: accessKey, secretKey: secretKey, sessionToken: source(options.sessionToken))
        } else {
            throw ModelConfigurationError("provider \(settings.name) needs a key, or an access key and a secret key")
        }
        let dialect: BedrockConfiguration.Dialect =
            options.bedrockAPI == .openai ? .openAI : .converse(isStreamed: options.bedrockAPI != .converse)
        return BedrockConfiguration(
            region: options.region ?? "", baseURL: settings.baseURL.isEmpty ? nil : settings.baseURL, access: access,
            dialect: dialect, signingName: options.signingName, maxTokens: options.maxTokens)
    }

    private static func source(_ key: ModelProviderSettings.Key) -> SecretSource? {
        switch key {
        case .none: nil
        case .environment(let name): .environment(name)
        case .file(let path): .file(path: path)
        }
    }
}
