import AsyncHTTPClient
import HoldfastCore
import HoldfastModels
import Testing

@Suite("Anthropic's Messages")
struct AnthropicTests {
    private static let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"

    private func call(_ events: [String]) async throws -> Result<ModelAnswer, ModelError> {
        let body = events.map { Chunk.event($0) }.joined()
        let server = LoopbackServer([.send(Self.head), .send(body)])
        return try await DialectFixture(dialect: .anthropic, server: server).call().result
    }

    @Test("usage is cumulative, and the last number of each kind counts")
    func usage() async throws {
        let answer = try await call([
            #"{"type":"message_start","message":{"usage":{"input_tokens":5,"cache_read_input_tokens":3,"output_tokens":1}}}"#,
            #"{"type":"message_delta","delta":{},"usage":{"output_tokens":10}}"#,
            #"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"input_tokens":7,"cache_creation_input_tokens":2,"output_tokens":20,"output_tokens_details":{"thinking_tokens":15}}}"#,
            #"{"type":"message_stop"}"#,
        ]).get()
        #expect(answer.usage == TokenUsage(input: 12, cached: 3, cacheWrite: 2, output: 20, reasoning: 15))
    }

    @Test("unknown events, blocks and fields are skipped")
    func novelties() async throws {
        let answer = try await call([
            #"{"type":"message_start"}"#, #"{"type":"novelty","index":0}"#, "[1]",
            #"{"type":"content_block_start","index":0,"content_block":{"type":"server_tool_use","name":"x"}}"#,
            #"{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{"}}"#,
            #"{"type":"content_block_delta","index":9,"delta":{"type":"novelty_delta"}}"#,
            #"{"type":"content_block_start","index":1,"content_block":{"type":"text","text":"a"}}"#,
            #"{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"b"}}"#,
            #"{"type":"message_delta","delta":{"stop_reason":"new_reason"}}"#,
        ]).get()
        #expect(answer == ModelAnswer(text: "ab"))
    }

    @Test("a refusal is filtered, with the explanation when nothing was said")
    func refusal() async throws {
        let stop =
            #"{"type":"message_delta","delta":{"stop_reason":"refusal","stop_details":{"type":"refusal","explanation":"No."}}}"#
        let answer = try await call([stop, #"{"type":"message_stop"}"#]).get()
        #expect(answer == ModelAnswer(refusal: "No.", isFiltered: true))
    }

    @Test("a paused turn is an error, as nothing can continue it")
    func pause() async throws {
        let result = try await call([#"{"type":"message_delta","delta":{"stop_reason":"pause_turn"}}"#])
        let error = #expect(throws: ModelError.self) { try result.get() }
        #expect(error?.code == .server)
        #expect(error?.isRetryable == false)
        #expect(error?.message.contains("pause_turn") == true)
    }

    @Test("a window that is full cuts the answer")
    func window() async throws {
        let stop = #"{"type":"message_delta","delta":{"stop_reason":"model_context_window_exceeded"}}"#
        #expect(try await call([stop]).get().isTruncated)
    }

    @Test(
        "errors by their type",
        arguments: [
            ("billing_error", ModelError.Code.rateLimit, false), ("permission_error", .authentication, false),
            ("timeout_error", .timeout, true), ("api_error", .server, true),
            ("request_too_large", .invalidRequest, false),
        ])
    func errors(type: String, code: ModelError.Code, isRetryable: Bool) async throws {
        let result = try await call([#"{"type":"error","error":{"type":"\#(type)","message":"m"}}"#])
        #expect(throws: ModelError(code, "m", isRetryable: isRetryable)) { try result.get() }
    }

    @Test("a prompt that is too long says so")
    func length() async throws {
        let body = #"{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 9 > 8"}}"#
        let server = LoopbackServer([.send(Head.error(400, body: body))])
        let error = try await DialectFixture(dialect: .anthropic, server: server).failure().error
        #expect(error?.code == .contextLength)
    }

    @Test("header fields, and what only an older version takes")
    func fields() async throws {
        let server = LoopbackServer(try Recording.named("text", .anthropic).actions(size: 1_000))
        var configuration = AnthropicConfiguration(
            baseURL: "http://127.0.0.1:\(server.port)/v1", version: "2023-06-01", betas: ["a", "b"], maxTokens: 7)
        let client = OpenAIProvider.makeClient()
        var request = OpenAIFixture.hello
        request.options.temperature = 0.25
        request.options.parallelToolCalls = false
        request.tools = [ToolDefinition(name: "t", description: "", parameters: [:])]
        let old = try AnthropicProvider(configuration, client: client, logger: LogRecorder().logger)
        _ = try await old.call(request) { _ in }
        configuration.version = AnthropicConfiguration.defaultVersion
        let new = try AnthropicProvider(configuration, client: client, logger: LogRecorder().logger)
        let refused = request
        await #expect(throws: ModelError.self) { try await new.call(refused) { _ in } }
        try await client.shutdown()
        server.stop()
        let sent = try #require(server.requests.first)
        let head = sent.head.lowercased()
        for field in ["anthropic-version: 2023-06-01", "anthropic-beta: a,b"] { #expect(head.contains(field)) }
        #expect(!head.contains("x-api-key"))
        #expect(server.requests.count == 1)
        let body = try JSONParser.parse(sent.body)
        #expect(body["temperature"] == 0.25)
        #expect(body["max_tokens"] == 7)
        #expect(body["tool_choice"] == ["type": "auto", "disable_parallel_tool_use": true])
        #expect(body["cache_control"] == nil)
    }
}
