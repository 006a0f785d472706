import HoldfastCore
import HoldfastModels
import NIOCore
import Synchronization
import Testing

@Suite("OpenAI provider: requests that pass through", .timeLimit(.minutes(1)))
struct OpenAIRelayTests {
    private static let body = #"{"model":"m","messages":[],"unknown":{"kept":[1, 2.50]}}"#

    /// What came of passing the body through a server that plays these actions.
    private func relay(
        _ fixture: OpenAIFixture
    ) async throws -> (answer: RelayedAnswer, body: String) {
        try await fixture.withProvider { provider in
            let answer = try await provider.relay(.embeddings, ByteBuffer(string: Self.body))
            guard case .stream(let read) = answer.body else {
                guard case .whole(let bytes) = answer.body else { return (answer, "") }
                return (answer, String(buffer: bytes))
            }
            let received = Mutex(ByteBuffer())
            try await read { chunk in received.withLock { _ = $0.writeImmutableBuffer(chunk) } }
            return (answer, received.withLock { String(buffer: $0) })
        }
    }

    @Test("bytes pass unchanged in both directions, whatever they are")
    func unchanged() async throws {
        let answer = #"{"id":"x","choices":[],"new_field":  {"a": 1.0}}"#
        let server = LoopbackServer([.send(Head.error(200, "Content-Type: application/json\r\n", body: answer))])
        let (head, body) = try await relay(OpenAIFixture(server: server))
        #expect(head.status == 200 && head.contentType == "application/json" && body == answer)
        #expect(server.requests.map(\.body) == [Self.body])
        #expect(server.requests[0].head.hasPrefix("POST /v1/embeddings HTTP/1.1\r\n"))
        #expect(server.requests[0].head.lowercased().contains("authorization: bearer \(OpenAIFixture.key)"))
    }

    @Test("a body that is cut off is an error")
    func cut() async throws {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
        let server = LoopbackServer([.send(head), .reset])
        let error = await #expect(throws: ModelError.self) { try await relay(OpenAIFixture(server: server)) }
        #expect(error?.code == .connection)
    }

    @Test("a stream passes as it comes")
    func stream() async throws {
        let events = Chunk.text("a") + Chunk.text("b") + Chunk.usage + Chunk.done
        let server = LoopbackServer([.send(Head.stream), .chunks(events, size: 7)])
        let (head, body) = try await relay(OpenAIFixture(server: server))
        #expect(head.contentType == "text/event-stream" && body == events)
    }

    @Test("an upstream's refusal passes, with its Retry-After", arguments: [400, 404, 422, 429, 500, 503])
    func refusal(status: Int) async throws {
        let error = #"{"error":{"message":"no","type":"x","param":null,"code":null}}"#
        let server = LoopbackServer([.send(Head.error(status, "Retry-After: 7\r\n", body: error))])
        let (head, body) = try await relay(OpenAIFixture(server: server))
        #expect(head.status == status && head.retryAfter == 7 && body == error)
    }

    @Test("a refused key is the server's own trouble and does not show it", arguments: [401, 403])
    func refusedKey(status: Int) async throws {
        let server = LoopbackServer([.send(Head.error(status, body: "wrong key \(OpenAIFixture.key)"))])
        let error = await #expect(throws: ModelError.self) { try await relay(OpenAIFixture(server: server)) }
        #expect(error?.code == .authentication && error?.message.contains(OpenAIFixture.key) == false)
    }

    private func silent(
        _ actions: LoopbackServer.Action..., first: Milliseconds, idle: Milliseconds
    ) async throws -> (error: ModelError?, server: LoopbackServer) {
        var fixture = OpenAIFixture(server: LoopbackServer(actions))
        fixture.limits.modelFirstByteTime = first
        fixture.limits.modelIdleTime = idle
        do {
            _ = try await relay(fixture)
            return (nil, fixture.server)
        } catch let error as ModelError {
            return (error, fixture.server)
        }
    }

    @Test("silence before the head ends the exchange")
    func noHead() async throws {
        let (error, _) = try await silent(.awaitClose, first: 100, idle: 60_000)
        #expect(error?.code == .timeout)
    }

    @Test("silence in the middle ends the exchange and closes the connection")
    func noEnd() async throws {
        let half = [UInt8](Chunk.text("half").utf8).chunked(10)
        let (error, server) = try await silent(
            .send(Head.stream), .bytes(half), .awaitClose, first: 60_000, idle: 100)
        #expect(error?.code == .timeout)
        await server.clientClosed()
    }

    @Test("a connection that breaks off is an error, not an end")
    func reset() async throws {
        let part = [UInt8](Chunk.text("half").utf8).chunked(10)
        let server = LoopbackServer([.send(Head.stream), .bytes(part), .reset])
        await #expect(throws: (any Error).self) { try await relay(OpenAIFixture(server: server)) }
    }
}
