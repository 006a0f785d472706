import Foundation
import HoldfastServer
import Testing

/// Providers of each type, with what only they have.
@Suite struct ProviderTypeTests {
    private func provider(
        _ settings: [String], environment: [String: String] = [:]
    ) async throws -> ModelProviderSettings {
        let yaml = "providers:\n  p:\n" + settings.map { "    \($0)\n" }.joined()
        return try #require(try await load(yaml, environment: environment).providers.first)
    }

    @Test func azure() async throws {
        let provider = try await provider([
            "type: azure", "base_url: https://x.openai.azure.com/", "key_env: K", "api_version: 2025-04-01-preview",
            "auth: bearer",
        ])
        #expect(provider.kind == .azure)
        #expect(provider.baseURL == "https://x.openai.azure.com")
        #expect(provider.options.apiVersion == "2025-04-01-preview")
        #expect(provider.options.authorization == .bearer)
    }

    @Test func anthropic() async throws {
        let provider = try await provider([
            "type: anthropic", "key_env: K", "anthropic_version: 2023-06-01", "anthropic_beta: [a-1, b-2]",
            "max_tokens: 4096",
        ])
        #expect(provider.kind == .anthropic)
        #expect(provider.baseURL == "https://api.anthropic.com/v1")
        #expect(provider.options.anthropicVersion == "2023-06-01")
        #expect(provider.options.anthropicBetas == ["a-1", "b-2"])
        #expect(provider.options.maxTokens == 4_096)
        #expect(provider.options.authorization == nil)
    }

    @Test func bedrock() async throws {
        let provider = try await provider([
            "type: bedrock", "region: eu-central-1", "access_key_env: A", "secret_key_file: /s", "api: converse",
            "signing_name: bedrock-mantle", "base_url: https://bedrock-mantle.eu-central-1.api.aws/openai/v1",
        ])
        #expect(provider.kind == .bedrock)
        #expect(provider.options.region == "eu-central-1")
        #expect(provider.options.accessKey == .environment("A"))
        #expect(provider.options.secretKey == .file("/s"))
        #expect(provider.options.sessionToken == .none)
        #expect(provider.options.bedrockAPI == .converse)
        #expect(provider.options.signingName == "bedrock-mantle")
    }

    @Test func bedrockTakesTheKeysOfAWS() async throws {
        let settings = ["type: bedrock", "region: us-east-1"]
        let fixed = try await provider(settings)
        #expect(fixed.options.accessKey == .environment("AWS_ACCESS_KEY_ID"))
        #expect(fixed.options.secretKey == .environment("AWS_SECRET_ACCESS_KEY"))
        #expect(fixed.options.sessionToken == .none)
        let temporary = try await provider(settings, environment: ["AWS_SESSION_TOKEN": "t"])
        #expect(temporary.options.sessionToken == .environment("AWS_SESSION_TOKEN"))
        let bearer = try await provider(settings + ["key_env: K"])
        #expect(bearer.options.accessKey == .none)
    }

    @Test(arguments: [
        ("type: azure\n    key_env: K", "base_url", "openai.azure.com"),
        ("type: azure\n    base_url: https://x", "key_env", "is missing"),
        ("type: bedrock", "region", "is missing; such as us-east-1"),
        ("type: bedrock\n    region: us/east", "region", "letters, digits and hyphens"),
        ("type: bedrock\n    region: r\n    access_key_env: A", "secret_key_env", "is missing"),
        ("type: bedrock\n    region: r\n    secret_key_env: A", "access_key_env", "is missing"),
        (
            "type: bedrock\n    region: r\n    key_env: K\n    access_key_env: A", "access_key_env",
            "together with a key"
        ),
        (
            "type: bedrock\n    region: r\n    key_env: K\n    secret_key_env: A", "secret_key_env",
            "together with a key"
        ),
        ("type: bedrock\n    region: r\n    api: chat", "api", "one of converse_stream, converse, openai"),
        ("type: anthropic\n    max_tokens: 0", "max_tokens", "a number from 1"),
        ("type: anthropic\n    auth: basic", "auth", "one of api_key, bearer"),
        ("type: anthropic\n    region: r", "region", "only for providers of type bedrock, not anthropic"),
        ("base_url: http://x\n    auth: bearer", "auth", "only for providers of type azure and anthropic, not openai"),
    ])
    func refusals(_ settings: String, key: String, reason: String) async throws {
        let error = try #require(
            await #expect(throws: ConfigurationError.self) {
                _ = try await load("providers:\n  p:\n    \(settings)\n")
            })
        #expect(error.key == "providers.p.\(key)")
        #expect(error.reason.contains(reason), "\(error)")
    }
}
