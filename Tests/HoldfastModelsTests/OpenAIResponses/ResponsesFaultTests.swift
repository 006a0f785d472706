import HoldfastCore
import HoldfastModels
import Testing

@Suite("Responses upstream: faults", .timeLimit(.minutes(1)))
struct ResponsesFaultTests {
    private static let half = Event.created + Event.added(0, "message") + Event.text(0, "half")

    private func failure(
        _ actions: LoopbackServer.Action..., idle: Milliseconds = 60_000
    ) async throws -> (error: ModelError?, pieces: [ModelPiece]) {
        var fixture = OpenAIFixture(server: LoopbackServer(actions))
        fixture.limits.modelIdleTime = idle
        return try await fixture.responsesFailure()
    }

    @Test("a stream without its last event is no answer, wherever it ends", arguments: [0, 1, 2, 3, 4])
    func cut(case number: Int) async throws {
        let call = Event.of(
            "response.function_call_arguments.delta", ["output_index": 0, "delta": "{\"a\":"])
        let streams = [
            "", Self.half, Self.half + "data: [DONE]\n\n", Event.added(0, "function_call") + call,
            Self.half + String(Event.completed().prefix(90)),
        ]
        let (error, _) = try await failure(.send(Head.unframed), .send(streams[number]))
        #expect(error?.code == .connection && error?.isRetryable == true)
        #expect(error?.message.contains("before the answer was complete") == true)
    }

    @Test("a connection that breaks in the middle of a call is no answer")
    func reset() async throws {
        let bytes = [UInt8]((Self.half + Event.added(1, "function_call")).utf8).chunked(50)
        let (error, _) = try await failure(.send(Head.stream), .bytes(bytes), .reset)
        #expect(error?.code == .connection && error?.isRetryable == true)
    }

    @Test("silence in the middle ends the call")
    func hang() async throws {
        let bytes = [UInt8](Self.half.utf8).chunked(50)
        let (error, pieces) = try await failure(.send(Head.stream), .bytes(bytes), .awaitClose, idle: 100)
        #expect(error?.code == .timeout && pieces == [.text("half")])
    }

    @Test("what is not JSON ends the call")
    func notJSON() async throws {
        let (error, pieces) = try await failure(
            .send(Head.stream), .chunks(Self.half + "data: {\"type\":\n\ndata: {}\n\n", size: 20))
        #expect(error?.code == .server && error?.isRetryable == true && pieces == [.text("half")])
    }

    @Test("an error under a good status is an error, streamed or not")
    func errorBody() async throws {
        let body = #"{"error":{"message":"slow down","type":"rate_limit_error","code":"rate_limit_exceeded"}}"#
        let head = Head.error(200, "Content-Type: application/json\r\n", body: body)
        for actions in [
            [LoopbackServer.Action.send(head)], [.send(Head.stream), .chunks("data: \(body)\n\n", size: 9)],
        ] {
            let (error, _) = try await OpenAIFixture(server: LoopbackServer(actions)).responsesFailure()
            #expect(error == ModelError(.rateLimit, "slow down", isRetryable: true))
        }
        let page = Head.error(200, "Content-Type: application/json\r\n", body: "{}")
        #expect(try await failure(.send(page)).error?.code == .server)
    }

    @Test("failures that the stream names are told apart")
    func named() async throws {
        let cases: [(String, ModelError)] = [
            (
                Event.of(
                    "response.failed",
                    ["response": ["status": "failed", "error": ["code": "rate_limit_exceeded", "message": "wait"]]]),
                ModelError(.rateLimit, "wait", isRetryable: true)
            ),
            (
                Event.of("response.failed", ["response": ["status": "failed", "error": nil]]),
                ModelError(.server, "the provider gave the answer up", isRetryable: true)
            ),
            (
                Event.of("error", ["code": "context_length_exceeded", "message": "too long", "param": nil]),
                ModelError(.contextLength, "too long", isRetryable: false)
            ),
            (
                Event.of("error", ["error": ["code": "server_overloaded", "message": "busy"]]),
                ModelError(.overloaded, "busy", isRetryable: true)
            ),
        ]
        for (event, expected) in cases {
            let (error, pieces) = try await failure(.send(Head.stream), .chunks(Self.half + event, size: 100))
            #expect(error == expected && pieces == [.text("half")])
        }
    }

    @Test("a stream without end is bounded, in texts, items and a single event")
    func endless() async throws {
        let text =
            Event.added(0, "message") + String(repeating: Event.text(0, String(repeating: "x", count: 50)), count: 50)
        let items = (0..<50).map { Event.done($0, Output.search) }.joined()
        for stream in [text, items, "data: " + String(repeating: "x", count: 5_000)] {
            var fixture = OpenAIFixture(server: LoopbackServer([.send(Head.stream), .chunks(stream, size: 500)]))
            fixture.limits.modelOutput = 2_000
            let (error, _) = try await fixture.responsesFailure()
            #expect(error?.code == .server && error?.isRetryable == false)
        }
    }

    @Test("cancelling closes the connection")
    func cancel() async throws {
        let bytes = [UInt8](Self.half.utf8).chunked(50)
        let server = LoopbackServer([.send(Head.stream), .bytes(bytes), .awaitClose])
        try await OpenAIFixture(server: server).withResponses { provider in
            let (pieces, received) = AsyncStream<ModelPiece>.makeStream()
            let task = Task { try await provider.call(OpenAIFixture.hello) { received.yield($0) } }
            for await _ in pieces { break }
            task.cancel()
            let error = await #expect(throws: ModelError.self) { try await task.value }
            await server.clientClosed()
            #expect(error == ModelError(.connection, "cancelled", isRetryable: false))
        }
    }

    @Test("a complete answer survives what comes after it")
    func after() async throws {
        let end = Event.done(0, Output.message("hi")) + Event.completed()
        let server = LoopbackServer([.send(Head.stream), .bytes([UInt8](end.utf8).chunked(64)), .reset])
        let answer = try await OpenAIFixture(server: server).withResponses {
            try await $0.call(OpenAIFixture.hello) { _ in }
        }
        #expect(answer.text == "hi")
    }
}
