import HoldfastCore
import HoldfastModels
import Testing

@Suite("Every provider keeps the contract of model calls", .timeLimit(.minutes(1)))
struct ConformanceTests {
    struct Case: Sendable, CustomStringConvertible {
        var dialect: Dialect
        var recording: Recording

        var description: String { "\(dialect.rawValue) \(recording.name)" }
    }

    static let cases = Dialect.allCases.flatMap { dialect in
        Recording.all.filter { $0.dialect == dialect.recorded }.map { Case(dialect: dialect, recording: $0) }
    }

    @Test("the recordings are there")
    func recordings() {
        for dialect in Dialect.allCases { #expect(Self.cases.count { $0.dialect == dialect } >= 13) }
    }

    @Test("an answer means what the provider's SDK makes of it, however it was cut", arguments: cases, [1, 7, 65_536])
    func answer(_ example: Case, size: Int) async throws {
        let recording = example.recording
        let server = LoopbackServer(recording.actions(size: size))
        let (result, pieces) = try await DialectFixture(dialect: example.dialect, server: server).call()
        switch result {
        case .success(let answer): try check(answer, pieces, example)
        case .failure(let error): check(error, pieces, example)
        }
    }

    private func check(_ answer: ModelAnswer, _ pieces: [ModelPiece], _ example: Case) throws {
        let expected = example.recording.expected
        #expect(expected["error"] == nil)
        #expect(answer.text == expected["text"]?.string)
        #expect(pieces.text == answer.text)
        #expect(answer.reasoning == expected["reasoning"]?.string)
        #expect(pieces.reasoning == answer.reasoning)
        let calls = try (expected["calls"]?.array ?? []).map { call in
            ModelAnswer.Call(
                name: try #require(call["name"]?.string), arguments: try #require(call["arguments"]?.string))
        }
        #expect(answer.calls == calls)
        let usage = answer.usage
        #expect(JSON.integer(Int64(usage.input)) == expected["input"])
        #expect(JSON.integer(Int64(usage.cached)) == expected["cached"])
        #expect(JSON.integer(Int64(usage.output)) == expected["output"])
        if let written = expected["written"] { #expect(JSON.integer(Int64(usage.cacheWrite)) == written) }
        #expect(answer.cost == Int64(usage.input - usage.cached) + Int64(usage.cached) / 10 + 10 * Int64(usage.output))
        let stop = expected["stop"]?.string
        // Chat Completions says of both that the answer was cut.
        #expect((answer.isTruncated || answer.isFiltered) == (stop == "truncated" || stop == "refused"))
        if !example.dialect.isChat {
            #expect(answer.isTruncated == (stop == "truncated"))
            #expect(answer.isFiltered == (stop == "refused"))
        }
        try checkReplay(answer, example)
    }

    private func checkReplay(_ answer: ModelAnswer, _ example: Case) throws {
        guard !example.dialect.isChat else {
            let names = answer.reasoning.isEmpty ? nil : ["chat_completions"]
            return #expect(answer.replay?.members.map(\.name) == names)
        }
        guard let name = example.dialect.replayName, !example.recording.thoughts.isEmpty else {
            #expect(answer.replay == nil)
            return
        }
        #expect(answer.replay?.members.map(\.name) == [name])
        let blocks = try #require(answer.replay?[name]?["blocks"]?.array)
        let seals = example.recording.thoughts.map { $0["signature"]?.string ?? $0["redacted"]?.string ?? "" }
        #expect(blocks.count == seals.count)
        for (block, seal) in zip(blocks, seals) { #expect(block.text.contains(seal)) }
    }

    private func check(_ error: ModelError, _ pieces: [ModelPiece], _ example: Case) {
        let expected = example.recording.expected
        #expect(error.code.rawValue == expected["error"]?.string)
        #expect(error.isRetryable == expected["retryable"]?.bool)
        #expect(error.message == expected["message"]?.string)
        #expect(error.retryAfter == expected["retry_after"]?.integer)
        #expect(pieces.text == expected["before"]?.string)
    }

    @Test("what was thought and called goes back, and so does a result with an image", arguments: Dialect.allCases)
    func roundTrip(_ dialect: Dialect) async throws {
        let first = try Recording.named(dialect.isChat ? "tool" : "thought-tool", dialect)
        let last = try Recording.named("text", dialect)
        let server = LoopbackServer(first.actions(size: 50), last.actions(size: 50))
        try await DialectFixture(dialect: dialect, server: server).withProvider { provider in
            let question = ContextEntry.user([.text("weather?")])
            let answer = try await provider.call(ModelRequest(model: "m", context: [question])) { _ in }
            let call = try #require(answer.calls.first)
            let context = [
                question, .reasoning(summary: answer.reasoning, replay: answer.replay),
                .call(id: "call_x_1_0", name: call.name, arguments: call.arguments),
                .result(id: "call_x_1_0", output: [.text("sunny"), .image(url: "data:image/png;base64,UE5H")]),
            ]
            let text = try await provider.call(ModelRequest(model: "m", context: context)) { _ in }.text
            #expect(text == last.expected["text"]?.string)
        }
        let body = try #require(server.requests.last?.body)
        for part in ["weather?", "call_x_1_0", "Zürich", "sunny", "UE5H"] { #expect(body.contains(part)) }
        if !dialect.isChat { #expect(body.contains("c2lnbmF0dXJl")) }
    }

    @Test("thoughts of another provider are left out, its calls are not", arguments: Dialect.allCases)
    func foreign(_ dialect: Dialect) async throws {
        let server = LoopbackServer(try Recording.named("text", dialect).actions(size: 1_000))
        let context: [ContextEntry] = [
            .user([.text("weather?")]),
            .reasoning(summary: "hm", replay: ["elsewhere": ["blocks": [["secret": "thought"]]]]),
            .call(id: "fc.näme/1", name: "weather", arguments: "no json"),
            .result(id: "fc.näme/1", output: [.text("sunny")]),
        ]
        let request = ModelRequest(model: "m", context: context)
        let (result, _) = try await DialectFixture(dialect: dialect, server: server).call(request)
        #expect(try result.get().text == "Hello, wörld 🌍.")
        let body = try #require(server.requests.last?.body)
        #expect(!body.contains("thought"))
        #expect(body.contains("no json"))
        #expect(body.contains("sunny"))
        if !dialect.isChat { #expect(!body.contains("fc.")) }
    }

    @Test("no error and no log line shows the key", arguments: Dialect.allCases)
    func secrecy(_ dialect: Dialect) async throws {
        let text = "key \(DialectFixture.key) is wrong"
        let body: JSON = ["error": ["message": .string(text)], "message": .string(text)]
        let server = LoopbackServer([.send(Head.error(401, body: body.text))])
        let fixture = DialectFixture(dialect: dialect, server: server)
        let error = try #require(try await fixture.failure().error)
        #expect(error.code == .authentication)
        #expect(error.message == "key [secret] is wrong")
        #expect(fixture.logs.lines.allSatisfy { !$0.contains(DialectFixture.key) })
    }
}
