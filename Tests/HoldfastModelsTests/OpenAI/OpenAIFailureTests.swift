import HoldfastCore
import HoldfastModels
import Testing

@Suite("OpenAI provider: failures")
struct OpenAIFailureTests {
    struct Case: Sendable, CustomStringConvertible {
        var status: Int
        var fields = ""
        var body = ""
        var error: ModelError

        var description: String { "\(status) \(fields)\(body)" }
    }

    static let cases = [
        Case(
            status: 429, fields: "Retry-After: 7\r\n", body: #"{"error":{"message":"slow down","type":"requests"}}"#,
            error: ModelError(.rateLimit, "slow down", isRetryable: true, retryAfter: 7_000)),
        Case(
            status: 429, body: #"{"error":{"message":"no money","code":"insufficient_quota"}}"#,
            error: ModelError(.rateLimit, "no money", isRetryable: false)),
        Case(
            status: 503,
            fields: "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nRetry-After: Sun, 06 Nov 1994 08:50:07 GMT\r\n",
            error: ModelError(.overloaded, "the provider answered status 503", isRetryable: true, retryAfter: 30_000)),
        Case(
            status: 529, fields: "retry-after-ms: 1500\r\nRetry-After: 99\r\n", body: "busy",
            error: ModelError(.overloaded, "busy", isRetryable: true, retryAfter: 1_500)),
        Case(
            status: 500, fields: "Retry-After: 99999999999999999999\r\n", body: "<html>oops</html>",
            error: ModelError(.server, "the provider answered status 500", isRetryable: true, retryAfter: 3_600_000)),
        Case(
            status: 500, fields: "x-should-retry: false\r\nRetry-After: soon\r\n", body: #"{"error":"ollama says"}"#,
            error: ModelError(.server, "ollama says", isRetryable: false)),
        Case(
            status: 400, body: #"{"error":{"message":"too long","code":"context_length_exceeded"}}"#,
            error: ModelError(.contextLength, "too long", isRetryable: false)),
        Case(
            status: 400, body: #"{"message":"This model's maximum context length is 8 tokens","code":400}"#,
            error: ModelError(
                .contextLength, "This model's maximum context length is 8 tokens", isRetryable: false)),
        Case(
            status: 401, body: #"{"error":{"message":"bad key","type":"invalid_request_error"}}"#,
            error: ModelError(.authentication, "bad key", isRetryable: false)),
        Case(
            status: 404, body: #"{"error":{"message":"no model","type":"invalid_request_error"}}"#,
            error: ModelError(.notFound, "no model", isRetryable: false)),
        Case(
            status: 422, body: #"{"detail":"extra field"}"#,
            error: ModelError(.invalidRequest, "extra field", isRetryable: false)),
        Case(
            status: 307, fields: "Location: http://127.0.0.1:1/\r\n",
            error: ModelError(.invalidRequest, "the provider answered status 307", isRetryable: false)),
    ]

    @Test("an error status says what failed", arguments: cases)
    func status(_ example: Case) async throws {
        let answer = Head.error(example.status, example.fields, body: example.body)
        let (error, pieces) = try await OpenAIFixture(server: LoopbackServer([.send(answer)])).failure()
        #expect(error == example.error)
        #expect(pieces.isEmpty)
    }

    @Test("an error never shows the key, and is short", arguments: [0, 480, 490, 700])
    func redaction(padding: Int) async throws {
        let text = String(repeating: "x", count: padding) + " key \(OpenAIFixture.key) is wrong"
        let body: JSON = ["error": ["message": .string(text)]]
        let fixture = OpenAIFixture(server: LoopbackServer([.send(Head.error(401, body: body.text))]))
        let message = try #require(try await fixture.failure().error?.message)
        #expect(!message.contains("sk-test"))
        #expect(message.count <= 500)
        #expect(fixture.logs.lines.allSatisfy { !$0.contains("sk-test") })
    }

    @Test("an error body is read only so far")
    func endlessErrorBody() async throws {
        let server = LoopbackServer([
            .send("HTTP/1.1 500 X\r\nContent-Length: 100000000\r\n\r\n"),
            .bytes([UInt8](repeating: 0x61, count: 70_000)), .awaitClose,
        ])
        let (error, _) = try await OpenAIFixture(server: server).failure()
        #expect(error?.message == String(repeating: "a", count: 500))
        #expect(error?.code == .server)
    }

    @Test(
        "an error in the stream ends the call",
        arguments: [
            (#"{"error":{"message":"full","type":"overloaded_error"}}"#, ModelError.Code.overloaded, true),
            (#"{"error":{"message":"slow","code":429}}"#, .rateLimit, true),
            (#"{"error":{"message":"slow","code":"rate_limit_exceeded"}}"#, .rateLimit, true),
            (#"{"error":{"message":"bad","type":"invalid_request_error"}}"#, .invalidRequest, false),
            (#"{"error":{"message":"long","code":"context_length_exceeded"}}"#, .contextLength, false),
            (#"{"error":{"message":"hm"}}"#, .server, true), (#"{"error":"hm"}"#, .server, true),
            ("not json", .server, true),
        ])
    func inStream(data: String, code: ModelError.Code, isRetryable: Bool) async throws {
        let stream = Chunk.text("half") + Chunk.event(data) + Chunk.text("more")
        let server = LoopbackServer([.send(Head.stream), .chunks(stream, size: 30)])
        let (error, pieces) = try await OpenAIFixture(server: server).failure()
        #expect(error?.code == code)
        #expect(error?.isRetryable == isRetryable)
        #expect(pieces == [.text("half")])
    }

    @Test("a stream that ends early is a broken connection")
    func earlyEnd() async throws {
        let half = Chunk.text("half")
        let ends: [[LoopbackServer.Action]] = [
            [.send(Head.stream), .bytes([UInt8](half.utf8).chunked(10)), .reset],
            [.send(Head.stream), .bytes([UInt8](half.utf8).chunked(10))],
            [.send(Head.stream), .chunks(half, size: 10)],
            [.send(Head.unframed), .send(half + "data: {\"choi")],
            [.send(Head.stream), .chunks(Chunk.done, size: 10)],
            [.send("HTTP/1.1 200 OK\r\nContent-Le"), .reset],
            [.reset],
        ]
        for actions in ends {
            let (error, _) = try await OpenAIFixture(server: LoopbackServer(actions)).failure()
            #expect(error?.code == .connection)
            #expect(error?.isRetryable == true)
        }
    }

    @Test("an answer is bounded")
    func bounds() async throws {
        let call: JSON = ["index": 0, "function": ["name": "f", "arguments": "0123456789"]]
        let other: JSON = ["index": 1, "id": "b", "function": ["name": "g", "arguments": ""]]
        let streams = [
            Chunk.text("0123456789"), Chunk.delta(["reasoning": "0123456789"]), Chunk.delta(["tool_calls": [call]]),
        ].map { String(repeating: $0, count: 60) }
        for stream in streams + [Chunk.delta(["tool_calls": [call, other]])] {
            var fixture = OpenAIFixture(server: LoopbackServer([.send(Head.stream), .chunks(stream, size: 300)]))
            fixture.limits.modelOutput = 500
            fixture.limits.callsPerModelAnswer = 1
            let (error, _) = try await fixture.failure()
            #expect(error?.code == .server)
            #expect(error?.isRetryable == false)
        }
    }
}
