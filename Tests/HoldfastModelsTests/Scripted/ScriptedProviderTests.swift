import HoldfastCore
import HoldfastModels
import Testing

@Suite("Scripted provider")
struct ScriptedProviderTests {
    private func request(_ script: String, instructions: String? = nil) -> ModelRequest {
        ModelRequest(model: "scripted", instructions: instructions, context: [.user([.text(script)])])
    }

    private func run(_ request: ModelRequest) async throws -> (answer: ModelAnswer, pieces: [ModelPiece]) {
        let pieces = PieceRecorder()
        let answer = try await ScriptedProvider().call(request) { pieces.add($0) }
        return (answer, pieces.all)
    }

    @Test("pieces add up to the answer, reasoning first")
    func piecesAddUp() async throws {
        let (answer, pieces) = try await run(request("reason think about it\nrepeat 20 say very  good\nsay end"))
        #expect(pieces.reasoning == answer.reasoning)
        #expect(pieces.text == answer.text)
        #expect(pieces.count == 3 + 41)
        let firstText = try #require(pieces.firstIndex { if case .text = $0 { true } else { false } })
        #expect(firstText == 3)
    }

    @Test("a single token is left to the answer, unless it is slow")
    func singleToken() async throws {
        let quick = try await run(request("reason hm\nsay hello"))
        #expect(quick.pieces.isEmpty)
        #expect(quick.answer.text == "hello")
        #expect(quick.answer.reasoning == "hm")
        let slow = try await run(request("slow 1\nsay hello"))
        #expect(slow.pieces == [.text("hello")])
    }

    @Test("usage and cost follow the price")
    func usageAndCost() async throws {
        let (answer, _) = try await run(request("reason a b\nsay c d e\ncall f {\"x\": 1}", instructions: "be brief"))
        #expect(answer.usage == TokenUsage(input: 2 + 11, output: 2 + 3 + 3, reasoning: 2))
        #expect(answer.cost == 8_000)
    }

    @Test("instructions, parts and results are read as the reference says")
    func contextMapping() async throws {
        let request = ModelRequest(
            model: "scripted", instructions: "the code is ORCHID",
            context: [
                .user([.text("call f"), .image(url: "data:,"), .text("then\nrecall code is (\\w+)\nrecall a\\nb")]),
                .call(id: "1", name: "f", arguments: "{}"), .result(id: "1", output: [.text("a"), .text("b")]),
            ], tools: [ToolDefinition(name: "f", description: "", parameters: [:])])
        #expect(try await run(request).answer.text == "ORCHID\na\nb")
    }

    @Test("fail throws what the status means", arguments: [(401, false), (429, true), (503, true), (400, false)])
    func fail(status: Int, isRetryable: Bool) async throws {
        let error = await #expect(throws: ModelError.self) { try await run(request("say no\nfail \(status)")) }
        #expect(error?.isRetryable == isRetryable)
        #expect(error?.code == ModelError(status: status, message: "").code)
    }

    @Test("cancelling ends a wait at once", arguments: ["wait 600000\nsay x", "wait 600000\nfail 500"])
    func cancelWait(script: String) async {
        let task = Task { try await run(request(script)) }
        task.cancel()
        let error = await #expect(throws: ModelError.self) { try await task.value }
        #expect(error == ModelError(.connection, "cancelled", isRetryable: false))
    }

    @Test("cancelling after a piece ends a slow answer at once")
    func cancelSlow() async {
        let pieces = PieceRecorder()
        let task = Task { [request = request("slow 600000\nsay x y z")] in
            try await ScriptedProvider().call(request) { piece in
                pieces.add(piece)
                withUnsafeCurrentTask { $0?.cancel() }
            }
        }
        let error = await #expect(throws: ModelError.self) { try await task.value }
        #expect(error == ModelError(.connection, "cancelled", isRetryable: false))
        #expect(pieces.all == [.text("x ")])
    }

    @Test("a script file stands for messages that are no script")
    func scriptFile() async throws {
        let provider = ScriptedProvider(script: "say from the file")
        let plain = try await provider.call(request("hello"), emit: { _ in })
        #expect(plain.text == "from the file")
        #expect(plain.usage.input == 1)
        #expect(try await provider.call(request("say x"), emit: { _ in }).text == "x")
        #expect(try await ScriptedProvider(script: "hm").call(request("hello"), emit: { _ in }).text == "echo: hello")
        #expect(ScriptedProvider.isScript("then"))
        #expect(!ScriptedProvider.isScript("hm"))
    }
}
