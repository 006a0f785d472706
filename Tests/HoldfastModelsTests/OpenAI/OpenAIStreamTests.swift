import HoldfastCore
import HoldfastModels
import Testing

@Suite("OpenAI provider: streams")
struct OpenAIStreamTests {
    private let hello =
        Chunk.delta(["role": "assistant", "content": ""]) + Chunk.text("Hel") + Chunk.text("lo 🌍") + ": ping\n\n"
        + Chunk.finish("stop") + Chunk.usage + Chunk.done

    @Test("text comes through however the bytes are cut", arguments: [1, 2, 3, 5, 7, 64, 100_000])
    func text(chunkSize: Int) async throws {
        let fixture = OpenAIFixture(server: LoopbackServer([.send(Head.stream), .chunks(hello, size: chunkSize)]))
        let (answer, pieces) = try await fixture.call()
        #expect(answer.text == "Hello 🌍")
        #expect(pieces == [.text("Hel"), .text("lo 🌍")])
        #expect(answer.usage == TokenUsage(input: 100, cached: 60, output: 20, reasoning: 5))
        // 40 new tokens at 1, 60 cached ones at 0.1, 20 written ones at 10 micro-dollars.
        #expect(answer.cost == 40 + 6 + 200)
        #expect(!answer.isTruncated)
        #expect(fixture.logs.lines.isEmpty)
    }

    @Test("a connection is used again")
    func reuse() async throws {
        let server = LoopbackServer([.send(Head.stream), .chunks(hello, size: 50)])
        try await OpenAIFixture(server: server).withProvider { provider in
            for _ in 0..<3 { _ = try await provider.call(OpenAIFixture.hello, emit: { _ in }) }
        }
        #expect(server.requests.count == 3)
        #expect(server.connections == 1)
    }

    @Test("reasoning has two names and comes before the text")
    func reasoning() async throws {
        let stream =
            Chunk.delta(["reasoning_content": "I "]) + Chunk.delta(["reasoning": "see", "reasoning_content": "see"])
            + Chunk.delta(["reasoning": "."]) + Chunk.text("ok") + Chunk.delta(["reasoning": "late"])
            + Chunk.finish("stop") + Chunk.done
        let fixture = OpenAIFixture(server: LoopbackServer([.send(Head.stream), .chunks(stream, size: 9)]))
        let (answer, pieces) = try await fixture.call()
        #expect(answer.reasoning == "I see.")
        #expect(pieces.reasoning == "I see.")
        #expect(pieces.last == .text("ok"))
    }

    @Test("parallel calls come in fragments")
    func toolCalls() async throws {
        let stream =
            Chunk.text("Let me look.") + call(0, "call_a", "alpha", "") + call(0, nil, nil, "{\"x\"")
            + call(1, "call_b", "beta", "") + call(0, nil, nil, ": 1}") + call(1, nil, nil, "{}")
            + Chunk.finish("tool_calls") + Chunk.usage + Chunk.done
        let fixture = OpenAIFixture(server: LoopbackServer([.send(Head.stream), .chunks(stream, size: 11)]))
        let (answer, pieces) = try await fixture.call()
        #expect(answer.calls == [.init(name: "alpha", arguments: "{\"x\": 1}"), .init(name: "beta", arguments: "{}")])
        #expect(pieces == [.text("Let me look.")])
    }

    @Test("calls of servers that index badly are told apart")
    func oddToolCalls() async throws {
        let stream =
            call(0, "a", "one", "{\"n\":") + call(0, "a", "one", "1}") + call(0, "b", "two", "{")
            + call(0, "z", nil, "}") + call(nil, "c", "three", "{}") + call(nil, nil, "four", "{}")
            + Chunk.delta(["tool_calls": [["id": "e", "function": ["name": "five", "arguments": ["k": true]]]]])
            + Chunk.delta(["tool_calls": [["id": "f", "function": ["name": "six"]]]])
            + Chunk.finish("tool_calls") + Chunk.done
        let fixture = OpenAIFixture(server: LoopbackServer([.send(Head.stream), .chunks(stream, size: 1_000)]))
        let calls = try await fixture.call().answer.calls
        #expect(calls.map(\.name) == ["one", "two", "three", "four", "five", "six"])
        #expect(calls.map(\.arguments) == ["{\"n\":1}", "{}", "{}", "{}", "{\"k\":true}", "{}"])
    }

    @Test("calls with one id under two indexes are two calls")
    func equalCallIDs() async throws {
        let stream =
            call(0, "a", "one", "{") + call(0, nil, nil, "}") + call(1, "a", "two", "{}")
            + Chunk.finish("tool_calls") + Chunk.done
        let fixture = OpenAIFixture(server: LoopbackServer([.send(Head.stream), .chunks(stream, size: 1_000)]))
        let calls = try await fixture.call().answer.calls
        #expect(calls == [.init(name: "one", arguments: "{}"), .init(name: "two", arguments: "{}")])
    }

    @Test("an answer at the output limit is truncated", arguments: ["length", "content_filter"])
    func truncated(reason: String) async throws {
        let stream = Chunk.text("half") + Chunk.finish(reason) + Chunk.done
        let fixture = OpenAIFixture(server: LoopbackServer([.send(Head.stream), .chunks(stream, size: 20)]))
        #expect(try await fixture.call().answer.isTruncated)
    }

    @Test("without usage nothing is guessed, and one warning is logged")
    func noUsage() async throws {
        let stream = Chunk.text("ok") + Chunk.finish("stop") + Chunk.done
        let fixture = OpenAIFixture(server: LoopbackServer([.send(Head.stream), .chunks(stream, size: 20)]))
        try await fixture.withProvider { provider in
            for _ in 0..<2 {
                let answer = try await provider.call(OpenAIFixture.hello, emit: { _ in })
                #expect(answer.usage == TokenUsage())
                #expect(answer.cost == 0)
            }
        }
        #expect(fixture.logs.lines.count == 1)
        #expect(fixture.logs.lines.allSatisfy { !$0.contains(OpenAIFixture.key) })
    }

    @Test(
        "a complete answer survives a bad end of the stream",
        arguments: [
            (Chunk.text("ok") + Chunk.finish("stop"), false), (Chunk.text("ok") + Chunk.done, false),
            (Chunk.text("ok") + Chunk.finish("stop") + "data: {\"usage\"", false),
            (Chunk.text("ok") + Chunk.finish("stop") + "data: [DONE]", false),
            (Chunk.text("ok") + Chunk.finish("stop") + Chunk.done, true),
        ])
    func badEnd(stream: String, staysOpen: Bool) async throws {
        let end: LoopbackServer.Action = staysOpen ? .awaitClose : .send("")
        let fixture = OpenAIFixture(server: LoopbackServer([.send(Head.unframed), .send(stream), end]))
        #expect(try await fixture.call().answer.text == "ok")
    }

    private func call(_ index: Int64?, _ id: String?, _ name: String?, _ arguments: String) -> String {
        var function: JSONObject = ["arguments": .string(arguments)]
        function["name"] = name.map { .string($0) }
        var call: JSONObject = ["function": .object(function)]
        call["index"] = index.map { .integer($0) }
        call["id"] = id.map { .string($0) }
        return Chunk.delta(["tool_calls": [.object(call)]])
    }
}
