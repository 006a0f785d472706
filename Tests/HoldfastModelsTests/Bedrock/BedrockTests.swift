import AsyncHTTPClient
import Foundation
import HoldfastCore
import HoldfastModels
import Testing

@Suite("Amazon Bedrock")
struct BedrockTests {
    private func withProvider<Value>(
        _ server: LoopbackServer, region: String = "us-east-1", isStreamed: Bool = true,
        _ body: (BedrockProvider) async throws -> Value
    ) async throws -> Value {
        let client = OpenAIProvider.makeClient()
        let keyFile = NSTemporaryDirectory() + "/holdfast-key-\(UUID().uuidString)"
        try Data(DialectFixture.key.utf8).write(to: URL(filePath: keyFile))
        defer {
            server.stop()
            try? FileManager.default.removeItem(atPath: keyFile)
        }
        let configuration = BedrockConfiguration(
            region: region, baseURL: "http://127.0.0.1:\(server.port)", access: .bearer(.file(path: keyFile)),
            dialect: .converse(isStreamed: isStreamed), maxTokens: 9)
        let result: Result<Value, any Error>
        do {
            let provider = try BedrockProvider(configuration, client: client, logger: LogRecorder().logger)
            result = .success(try await body(provider))
        } catch {
            result = .failure(error)
        }
        try await client.shutdown()
        return try result.get()
    }

    static let arn = "arn:aws:bedrock:us-east-1:1:inference-profile/us.m-v1:0"
    static let arnPath = "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Ainference-profile%2Fus.m-v1%3A0/converse-stream"

    @Test("the model's id is encoded on the wire, and a key is a bearer")
    func path() async throws {
        let server = LoopbackServer(try Recording.named("text", .bedrock).actions(size: 1_000))
        let request = ModelRequest(model: Self.arn, context: [.user([.text("hi")])])
        let answer = try await withProvider(server) { try await $0.call(request) { _ in } }
        #expect(answer.text == "Hello, wörld 🌍.")
        let sent = try #require(server.requests.last)
        #expect(sent.head.hasPrefix("POST \(Self.arnPath) HTTP/1.1\r\n"), "\(sent.head)")
        #expect(sent.head.lowercased().contains("authorization: bearer \(DialectFixture.key)"))
        #expect(try JSONParser.parse(sent.body)["inferenceConfig"] == ["maxTokens": 9])
    }

    @Test("Converse answers in one piece")
    func whole() async throws {
        let body: JSON = [
            "output": [
                "message": [
                    "role": "assistant",
                    "content": [
                        ["reasoningContent": ["reasoningText": ["text": "hm", "signature": "c2ln"]]],
                        ["reasoningContent": ["redactedContent": "cmVk"]], ["text": "Hello"],
                        ["toolUse": ["toolUseId": "i", "name": "weather", "input": ["city": "Bern"]]],
                    ],
                ]
            ],
            "stopReason": "tool_use", "usage": ["inputTokens": 1, "outputTokens": 2, "cacheReadInputTokens": 3],
        ]
        let server = LoopbackServer([.send(Head.error(200, "Content-Type: application/json\r\n", body: body.text))])
        let answer = try await withProvider(server, isStreamed: false) { provider in
            try await provider.call(OpenAIFixture.hello) { _ in }
        }
        let blocks: JSON = [
            ["reasoningContent": ["reasoningText": ["text": "hm", "signature": "c2ln"]]],
            ["reasoningContent": ["redactedContent": "cmVk"]],
        ]
        #expect(
            answer
                == ModelAnswer(
                    reasoning: "hm", replay: ["bedrock": ["blocks": blocks]], text: "Hello",
                    calls: [.init(name: "weather", arguments: #"{"city":"Bern"}"#)],
                    usage: TokenUsage(input: 4, cached: 3, output: 2)))
        #expect(server.requests.last?.head.hasPrefix("POST /model/m/converse HTTP/1.1\r\n") == true)
    }

    @Test(
        "Converse without an answer",
        arguments: [("{}", "without a message"), ("{\"output\":", "not JSON"), ("", "not JSON")])
    func empty(body: String, message: String) async throws {
        let server = LoopbackServer([.send(Head.error(200, "Content-Type: application/json\r\n", body: body))])
        let error = await #expect(throws: ModelError.self) {
            try await withProvider(server, isStreamed: false) { try await $0.call(OpenAIFixture.hello) { _ in } }
        }
        #expect(error?.code == .server)
        #expect(error?.message.contains(message) == true)
    }

    @Test(
        "exceptions in the stream",
        arguments: [
            ("throttlingException", ModelError.Code.rateLimit, true), ("validationException", .invalidRequest, false),
            ("internalServerException", .server, true), ("modelStreamErrorException", .server, true),
            ("serviceUnavailableException", .overloaded, true), ("noveltyException", .server, true),
        ])
    func exceptions(type: String, code: ModelError.Code, isRetryable: Bool) async throws {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.amazon.eventstream\r\nConnection: close\r\n\r\n"
        let headers = [":message-type": "exception", ":exception-type": type]
        let frame = EventFrame.bytes(headers, [UInt8](#"{"message":"m"}"#.utf8))
        let server = LoopbackServer([.send(head), .bytes(frame)])
        let error = try await DialectFixture(dialect: .bedrock, server: server).failure().error
        #expect(error == ModelError(code, "m", isRetryable: isRetryable))
    }

    @Test("a damaged frame ends the call")
    func damage() async throws {
        var recording = try Recording.named("text", .bedrock)
        recording.body[recording.body.count / 2] ^= 1
        let server = LoopbackServer(recording.actions(size: 1_000))
        let error = try await DialectFixture(dialect: .bedrock, server: server).failure().error
        #expect(error?.code == .connection)
        #expect(error?.isRetryable == true)
        #expect(error?.message.contains("wrong checksum") == true)
    }

    @Test(
        "output that the model spoilt may be tried again", arguments: ["malformed_tool_use", "malformed_model_output"])
    func malformed(reason: String) async throws {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.amazon.eventstream\r\nConnection: close\r\n\r\n"
        let server = LoopbackServer([
            .send(head), .bytes(EventFrame.bytes("messageStop", #"{"stopReason":"\#(reason)"}"#)),
        ])
        let error = try await DialectFixture(dialect: .bedrock, server: server).failure().error
        #expect(error?.code == .server)
        #expect(error?.isRetryable == true)
    }

    @Test("tools that were called stay declared, and 'none' cannot be said then")
    func pastTools() async throws {
        let server = LoopbackServer(try Recording.named("text", .bedrock).actions(size: 1_000))
        var request = ModelRequest(model: "m", context: RequestTests.conversation)
        let past = request
        _ = try await withProvider(server) { try await $0.call(past) { _ in } }
        let tools = try JSONParser.parse(try #require(server.requests.last?.body))["toolConfig"]?["tools"]?.array
        #expect(tools?.compactMap { $0["toolSpec"]?["name"]?.string } == ["weather", "note"])
        request.options.toolChoice = .none
        let none = request
        let error = await #expect(throws: ModelError.self) {
            try await withProvider(LoopbackServer([])) { try await $0.call(none) { _ in } }
        }
        #expect(error?.message.contains("tool_choice 'none'") == true)
    }

    @Test("a region is checked before it becomes a host", arguments: ["", "us east", "x.example/"])
    func region(name: String) async throws {
        let configuration = BedrockConfiguration(region: name, access: .bearer(.environment("PATH")))
        let client = OpenAIProvider.makeClient()
        #expect(throws: ModelConfigurationError.self) {
            try BedrockProvider(configuration, client: client, logger: LogRecorder().logger)
        }
        try await client.shutdown()
    }
}
