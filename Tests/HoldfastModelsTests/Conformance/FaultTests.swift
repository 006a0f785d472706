import HoldfastCore
import HoldfastModels
import Testing

@Suite("Every provider survives what an upstream may do", .timeLimit(.minutes(1)))
struct FaultTests {
    /// Far below every time limit of a provider, and enough for a machine that is busy with all other tests.
    private static let promptly = Duration.seconds(15)

    private func fixture(
        _ dialect: Dialect, _ actions: [LoopbackServer.Action], first: Milliseconds = 60_000,
        idle: Milliseconds = 60_000, output: Int? = nil
    ) -> DialectFixture {
        var fixture = DialectFixture(dialect: dialect, server: LoopbackServer(actions))
        fixture.limits.modelFirstByteTime = first
        fixture.limits.modelIdleTime = idle
        if let output { fixture.limits.modelOutput = output }
        return fixture
    }

    /// Where the second piece of the text begins: the first has been sent by then.
    private func middle(_ recording: Recording) throws -> Int {
        let bytes = recording.body
        let mark = [UInt8]("lo, w".utf8)
        let start = bytes.indices.first { bytes[$0...].starts(with: mark) }
        return try #require(start)
    }

    @Test("hangs before the first byte", arguments: Dialect.allCases)
    func hangs(_ dialect: Dialect) async throws {
        let fixture = fixture(dialect, [.awaitClose], first: 100)
        let (error, _) = try await fixture.failure()
        #expect(error?.code == .timeout)
        #expect(error?.isRetryable == true)
        #expect(error?.message.contains("100 ms (waiting for the first byte)") == true)
    }

    @Test("hangs in the middle", arguments: Dialect.allCases)
    func falls(_ dialect: Dialect) async throws {
        let text = try Recording.named("text", dialect)
        let fixture = fixture(dialect, text.actions(upTo: try middle(text), then: .awaitClose), idle: 200)
        let (error, pieces) = try await fixture.failure()
        #expect(error?.code == .timeout)
        #expect(error?.message.contains("200 ms (in the middle of the answer)") == true)
        #expect(pieces == [.text("Hel")])
        await fixture.server.clientClosed()
    }

    @Test("closes or resets in the middle of a piece", arguments: Dialect.allCases, [true, false])
    func breaksOff(_ dialect: Dialect, cleanly: Bool) async throws {
        let text = try Recording.named("text", dialect)
        let end = LoopbackServer.Action.bytes([UInt8]("0\r\n\r\n".utf8))
        let (error, pieces) = try await fixture(
            dialect, text.actions(upTo: try middle(text), then: cleanly ? end : .reset)
        ).failure()
        #expect(error?.code == .connection)
        #expect(error?.isRetryable == true)
        // A reset may overtake what was sent before it.
        if cleanly { #expect(pieces == [.text("Hel")]) }
    }

    @Test("closes in the middle of a tool call", arguments: Dialect.allCases)
    func cutCall(_ dialect: Dialect) async throws {
        let tool = try Recording.named("tool", dialect)
        let bytes = tool.body
        let mark = [UInt8]("ich".utf8)
        let place = try #require(bytes.indices.last { bytes[$0...].starts(with: mark) })
        let end = LoopbackServer.Action.bytes([UInt8]("0\r\n\r\n".utf8))
        let (error, _) = try await fixture(dialect, tool.actions(upTo: place, then: end)).failure()
        #expect(error?.code == .connection)
        #expect(error?.isRetryable == true)
    }

    @Test("answers a success that is an error", arguments: Dialect.allCases)
    func falseSuccess(_ dialect: Dialect) async throws {
        let body = #"{"error":{"message":"out of order"},"message":"out of order"}"#
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
        let (error, pieces) = try await fixture(dialect, [.send(head + body)]).failure()
        #expect(error == ModelError(.server, "out of order", isRetryable: true))
        #expect(pieces.isEmpty)
    }

    @Test("sends what is not JSON", arguments: Dialect.allCases)
    func invalidJSON(_ dialect: Dialect) async throws {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: \(dialect.streamType)\r\nConnection: close\r\n\r\n"
        let event =
            dialect == .bedrock
            ? EventFrame.bytes("contentBlockDelta", "{\"delta\":") : [UInt8]("data: {\"type\":\n\n".utf8)
        let (error, _) = try await fixture(dialect, [.send(head), .bytes(event)]).failure()
        #expect(error?.code == .server)
        #expect(error?.isRetryable == true)
        #expect(error?.message.contains("not JSON") == true)
    }

    @Test("never ends its answer", arguments: Dialect.allCases)
    func endless(_ dialect: Dialect) async throws {
        let piece = String(repeating: "x", count: 1_000)
        let event: [UInt8] =
            switch dialect {
            case .bedrock:
                EventFrame.bytes("contentBlockDelta", #"{"contentBlockIndex":0,"delta":{"text":"\#(piece)"}}"#)
            case .anthropic:
                [UInt8](
                    Chunk.event(
                        #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"\#(piece)"}}"#
                    ).utf8)
            default: [UInt8](Chunk.text(piece).utf8)
            }
        let head = "HTTP/1.1 200 OK\r\nContent-Type: \(dialect.streamType)\r\nConnection: close\r\n\r\n"
        let events = [LoopbackServer.Action](repeating: .bytes(event), count: 20) + [.awaitClose]
        let fixture = fixture(dialect, [.send(head)] + events, output: 10_000)
        let (error, pieces) = try await fixture.failure()
        #expect(error == ModelError(.server, "the answer is larger than 10000 bytes", isRetryable: false))
        #expect(pieces.count == 10)
        await fixture.server.clientClosed()
    }

    @Test("sends nothing but signs of life", arguments: Dialect.allCases)
    func chatter(_ dialect: Dialect) async throws {
        let event: [UInt8] =
            switch dialect {
            case .bedrock: EventFrame.bytes("novelty", "{}")
            case .anthropic: [UInt8](Chunk.event(#"{"type":"ping"}"#).utf8)
            default: [UInt8](": still here\n\n".utf8)
            }
        let head = "HTTP/1.1 200 OK\r\nContent-Type: \(dialect.streamType)\r\nConnection: close\r\n\r\n"
        let many = [UInt8]((0..<700).flatMap { _ in event })
        let fixture = fixture(dialect, [.send(head), .bytes(many), .awaitClose], output: 100)
        let (error, _) = try await fixture.failure()
        #expect(error?.code == .server)
        #expect(error?.message.contains("sent more than 6400 bytes for one answer") == true)
        await fixture.server.clientClosed()
    }

    @Test("sends a megabyte of header fields", arguments: Dialect.allCases)
    func headers(_ dialect: Dialect) async throws {
        let line = "X-Filler: " + String(repeating: "x", count: 1_000) + "\r\n"
        let head = "HTTP/1.1 200 OK\r\n" + String(repeating: line, count: 1_024) + "\r\n"
        let (error, _) = try await fixture(dialect, [.send(head), .awaitClose]).failure()
        #expect(error?.code == .connection)
        #expect(error?.isRetryable == true)
    }

    @Test("is left at once when the call is cancelled", arguments: Dialect.allCases)
    func cancel(_ dialect: Dialect) async throws {
        let text = try Recording.named("text", dialect)
        let server = LoopbackServer(text.actions(upTo: try middle(text), then: .awaitClose))
        try await DialectFixture(dialect: dialect, server: server).withProvider { provider in
            let (pieces, received) = AsyncStream<ModelPiece>.makeStream()
            let task = Task { try await provider.call(OpenAIFixture.hello) { received.yield($0) } }
            for await _ in pieces { break }
            let start = ContinuousClock.now
            task.cancel()
            #expect(await server.clientClosed() - start < Self.promptly)
            let error = await #expect(throws: ModelError.self) { try await task.value }
            #expect(error == ModelError(.connection, "cancelled", isRetryable: false))
        }
    }

    @Test("is left at once when a call that waits is cancelled", arguments: Dialect.allCases)
    func cancelEarly(_ dialect: Dialect) async throws {
        let server = LoopbackServer([.awaitClose])
        try await DialectFixture(dialect: dialect, server: server).withProvider { provider in
            let task = Task { try await provider.call(OpenAIFixture.hello) { _ in } }
            await server.requestCame()
            let start = ContinuousClock.now
            task.cancel()
            #expect(await server.clientClosed() - start < Self.promptly)
            await #expect(throws: ModelError(.connection, "cancelled", isRetryable: false)) { try await task.value }
        }
    }

    @Test("answers JSON that is neither a stream nor an error", arguments: Dialect.allCases)
    func wholeAnswer(_ dialect: Dialect) async throws {
        let answer = Head.error(200, "Content-Type: application/json\r\n", body: #"{"choices":[]}"#)
        let (error, _) = try await fixture(dialect, [.send(answer)]).failure()
        #expect(error == ModelError(.server, "the provider answered JSON in place of a stream", isRetryable: true))
    }
}
