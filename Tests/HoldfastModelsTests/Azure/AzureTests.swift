import AsyncHTTPClient
import Foundation
import HoldfastCore
import NIOCore
import Testing

@testable import HoldfastModels

@Suite("Azure OpenAI")
struct AzureTests {
    struct Case: Sendable, CustomStringConvertible {
        var endpoint = ""
        var version: String? = AzureConfiguration.defaultVersion
        var isBearer = false
        var path: String
        var field = "api-key: \(DialectFixture.key)"

        var description: String { path + " " + field }
    }

    static let classic = "/openai/deployments/my%20m/chat/completions?api-version=2024-10-21"
    static let cases = [
        Case(path: classic), Case(endpoint: "/openai", path: classic), Case(endpoint: "/openai/v1/", path: classic),
        Case(version: nil, path: "/openai/v1/chat/completions"),
        Case(endpoint: "/openai/v1", version: nil, path: "/openai/v1/chat/completions"),
        Case(isBearer: true, path: classic, field: "Authorization: Bearer \(DialectFixture.key)"),
    ]

    private func withProvider<Value>(
        _ example: Case, server: LoopbackServer, _ body: (OpenAIProvider) async throws -> Value
    ) async throws -> Value {
        let client = OpenAIProvider.makeClient()
        let keyFile = NSTemporaryDirectory() + "/holdfast-key-\(UUID().uuidString)"
        try Data(DialectFixture.key.utf8).write(to: URL(filePath: keyFile))
        defer {
            server.stop()
            try? FileManager.default.removeItem(atPath: keyFile)
        }
        let configuration = AzureConfiguration(
            endpoint: "http://127.0.0.1:\(server.port)" + example.endpoint, apiVersion: example.version,
            apiKey: .file(path: keyFile), usesBearer: example.isBearer)
        let result: Result<Value, any Error>
        do {
            let provider = try OpenAIProvider(azure: configuration, client: client, logger: LogRecorder().logger)
            result = .success(try await body(provider))
        } catch {
            result = .failure(error)
        }
        try await client.shutdown()
        return try result.get()
    }

    @Test("paths and keys of calls", arguments: cases)
    func call(_ example: Case) async throws {
        let server = LoopbackServer(try Recording.named("text", .azure).actions(size: 100))
        let request = ModelRequest(model: "my m", context: [.user([.text("hi")])])
        let text = try await withProvider(example, server: server) { try await $0.call(request) { _ in }.text }
        #expect(text == "Hello, wörld 🌍.")
        let head = try #require(server.requests.last?.head)
        #expect(head.hasPrefix("POST \(example.path) HTTP/1.1\r\n"), "\(head)")
        #expect(head.lowercased().contains(example.field.lowercased()))
        #expect(head.lowercased().contains("api-key:") != head.lowercased().contains("authorization:"))
    }

    @Test("requests that pass through, which name their deployment", arguments: cases)
    func relay(_ example: Case) async throws {
        let recording = try Recording.named("text", .azure)
        let server = LoopbackServer(recording.actions(size: 100))
        let body = #"{"x":["\"model\""],"model":"my m","stream":true}"#
        let bytes = try await withProvider(example, server: server) { provider in
            let answer = try await provider.relay(.chatCompletions, ByteBuffer(string: body))
            guard case .stream(let read) = answer.body else { return [UInt8]() }
            let (chunks, received) = AsyncStream<ByteBuffer>.makeStream()
            try await read { received.yield($0) }
            received.finish()
            return await chunks.reduce(into: [UInt8]()) { $0 += $1.readableBytesView }
        }
        #expect(bytes == recording.body)
        #expect(server.requests.last?.head.hasPrefix("POST \(example.path) HTTP/1.1\r\n") == true)
        #expect(server.requests.last?.body == body)
    }

    @Test("embeddings have a path of their own")
    func embeddings() async throws {
        let server = LoopbackServer([.send(Head.error(200, "Content-Type: application/json\r\n", body: "{}"))])
        _ = try await withProvider(Self.cases[0], server: server) {
            try await $0.relay(.embeddings, ByteBuffer(string: #"{"model":"e"}"#))
        }
        let path = "/openai/deployments/e/embeddings?api-version=2024-10-21"
        #expect(server.requests.last?.head.hasPrefix("POST \(path) HTTP/1.1\r\n") == true)
    }
}
