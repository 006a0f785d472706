import AsyncHTTPClient
import Foundation
import HoldfastCore
import HoldfastModels

/// A provider that the suite holds to the contract of `ModelProvider`.
enum Dialect: String, Sendable, CaseIterable, CustomStringConvertible {
    case openai
    case azure
    case anthropic
    case bedrock
    /// Chat Completions on Bedrock, signed.
    case bedrockChat

    var description: String { rawValue }

    /// Whose recordings it reads.
    var recorded: String { self == .bedrockChat ? "openai" : rawValue }

    /// Whether an answer's thoughts come back in `ModelAnswer.replay`, under this name.
    var replayName: String? { [.anthropic, .bedrock].contains(self) ? rawValue : nil }

    var isChat: Bool { replayName == nil }

    var streamType: String { self == .bedrock ? "application/vnd.amazon.eventstream" : "text/event-stream" }

    /// A provider whose upstream is at a root URL.
    func provider(at root: String, key: SecretSource, client: HTTPClient, limits: Limits, logs: LogRecorder) throws
        -> any PricedProvider
    {
        let price = ModelPrice(input: 1_000_000, cachedInput: 100_000, output: 10_000_000)
        let logger = logs.logger
        switch self {
        case .openai:
            let configuration = OpenAIConfiguration(baseURL: root + "/v1", apiKey: key, price: price)
            return try OpenAIProvider(configuration, client: client, limits: limits, logger: logger)
        case .azure:
            let configuration = AzureConfiguration(endpoint: root, apiKey: key, price: price)
            return try OpenAIProvider(azure: configuration, client: client, limits: limits, logger: logger)
        case .anthropic:
            let configuration = AnthropicConfiguration(baseURL: root + "/v1", apiKey: key, price: price)
            return try AnthropicProvider(configuration, client: client, limits: limits, logger: logger)
        case .bedrock:
            let access = BedrockConfiguration.Access.signature(accessKey: key, secretKey: key, sessionToken: nil)
            let configuration = BedrockConfiguration(region: "us-east-1", baseURL: root, access: access, price: price)
            return try BedrockProvider(configuration, client: client, limits: limits, logger: logger)
        case .bedrockChat:
            let access = BedrockConfiguration.Access.signature(accessKey: key, secretKey: key, sessionToken: nil)
            let configuration = BedrockConfiguration(
                region: "us-east-1", baseURL: root + "/openai/v1", access: access, dialect: .openAI, price: price)
            return try OpenAIProvider(bedrock: configuration, client: client, limits: limits, logger: logger)
        }
    }
}

/// A provider in front of a loopback server.
struct DialectFixture {
    static let key = "sk-test-0123456789abcdef"

    var dialect: Dialect
    var server: LoopbackServer
    var limits = Limits()
    var logs = LogRecorder()

    func withProvider<Value>(_ body: (any PricedProvider) async throws -> Value) async throws -> Value {
        let client = OpenAIProvider.makeClient(limits: limits)
        let keyFile = NSTemporaryDirectory() + "/holdfast-key-\(UUID().uuidString)"
        try Data("\(Self.key)\n".utf8).write(to: URL(filePath: keyFile))
        defer {
            server.stop()
            try? FileManager.default.removeItem(atPath: keyFile)
        }
        let result: Result<Value, any Error>
        do {
            let root = "http://127.0.0.1:\(server.port)"
            let provider = try dialect.provider(
                at: root, key: .file(path: keyFile), client: client, limits: limits, logs: logs)
            result = .success(try await body(provider))
        } catch {
            result = .failure(error)
        }
        try await client.shutdown()
        return try result.get()
    }

    /// What came of a call, with the pieces that it emitted.
    func call(
        _ request: ModelRequest = OpenAIFixture.hello
    ) async throws -> (result: Result<ModelAnswer, ModelError>, pieces: [ModelPiece]) {
        let pieces = PieceRecorder()
        do {
            let answer = try await withProvider { try await $0.call(request) { pieces.add($0) } }
            return (.success(answer), pieces.all)
        } catch let error as ModelError {
            return (.failure(error), pieces.all)
        }
    }

    /// The error that a call ends with.
    func failure() async throws -> (error: ModelError?, pieces: [ModelPiece]) {
        let (result, pieces) = try await call()
        if case .failure(let error) = result { return (error, pieces) }
        return (nil, pieces)
    }
}
