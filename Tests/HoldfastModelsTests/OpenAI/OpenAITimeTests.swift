import HoldfastCore
import HoldfastModels
import Testing

@Suite("OpenAI provider: time limits and cancel", .timeLimit(.minutes(1)))
struct OpenAITimeTests {
    private func fixture(_ actions: LoopbackServer.Action..., first: Milliseconds, idle: Milliseconds) -> OpenAIFixture
    {
        var fixture = OpenAIFixture(server: LoopbackServer(actions))
        fixture.limits.modelFirstByteTime = first
        fixture.limits.modelIdleTime = idle
        return fixture
    }

    @Test("silence before the first byte ends the call, with and without a head", arguments: ["", Head.stream])
    func firstByte(head: String) async throws {
        let (error, _) = try await fixture(.send(head), .awaitClose, first: 100, idle: 60_000).failure()
        #expect(error?.code == .timeout)
        #expect(error?.isRetryable == true)
        #expect(error?.message.contains("100 ms (waiting for the first byte)") == true)
    }

    @Test("silence in the middle ends the call and closes the connection")
    func idle() async throws {
        let half = [UInt8](Chunk.text("half").utf8).chunked(10)
        let fixture = fixture(.send(Head.stream), .bytes(half), .awaitClose, first: 60_000, idle: 100)
        let (error, pieces) = try await fixture.failure()
        #expect(error?.code == .timeout)
        #expect(error?.message.contains("100 ms (in the middle of the answer)") == true)
        #expect(pieces == [.text("half")])
        await fixture.server.clientClosed()
    }

    @Test("silence within an error's body ends the call")
    func errorBody() async throws {
        let head = "HTTP/1.1 503 X\r\nContent-Length: 10\r\n\r\n"
        let (error, _) = try await fixture(.send(head), .awaitClose, first: 100, idle: 100).failure()
        #expect(error?.code == .timeout)
        #expect(error?.isRetryable == true)
    }

    @Test("a refused connection fails at once")
    func refused() async throws {
        let server = LoopbackServer([])
        server.stop()
        let (error, _) = try await OpenAIFixture(server: server).failure()
        #expect(error?.code == .connection)
        #expect(error?.isRetryable == true)
    }

    @Test("cancelling closes the connection")
    func cancel() async throws {
        let half = [UInt8](Chunk.text("half").utf8).chunked(10)
        let server = LoopbackServer([.send(Head.stream), .bytes(half), .awaitClose])
        let error: ModelError? = try await OpenAIFixture(server: server).withProvider { provider in
            let (pieces, received) = AsyncStream<ModelPiece>.makeStream()
            let task = Task { try await provider.call(OpenAIFixture.hello) { received.yield($0) } }
            for await _ in pieces { break }
            task.cancel()
            let error = await #expect(throws: ModelError.self) { try await task.value }
            await server.clientClosed()
            return error
        }
        #expect(error == ModelError(.connection, "cancelled", isRetryable: false))
    }

    @Test(
        "dates of HTTP",
        arguments: [
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Thu, 29 Feb 2024 23:59:59 GMT", 1_709_251_199), ("Mon, 23 Nov 2026 12:00:00 GMT", 1_795_435_200),
            ("Sunday, 06-Nov-94 08:49:37 GMT", nil), ("Sun, 06 Foo 1994 08:49:37 GMT", nil), ("", nil),
            ("Sun, 06 Nov 1994 25:49:37 GMT", nil), ("Sun, 99999999999999999999 Nov 1994 08:49:37 GMT", nil),
        ] as [(String, Int?)])
    func dates(text: String, seconds: Int?) {
        #expect(RetryAfter.seconds(fromHTTPDate: text) == seconds)
    }
}
