import HoldfastCore
import Testing

@Suite("Items of the Responses dialect in answers")
struct ResponseItemTests {
    private static let search: JSONObject = ["id": "ws_u", "type": "web_search_call", "status": "completed"]
    private static let thought: JSONObject = [
        "id": "rs_u", "type": "reasoning", "encrypted_content": "x",
        "summary": [["type": "summary_text", "text": "hm"]],
    ]
    private static let later: JSONObject = ["id": "cmp_u", "type": "compaction", "encrypted_content": "y"]

    private static func asked() throws -> SessionDriver {
        var session = SessionDriver()
        try session.send(.respond(TurnRequest(["model": "m"]), [.userMessage([.text("hello")])], after: nil))
        return session
    }

    private static var answer: ModelAnswered {
        var answer = ModelAnswer(reasoning: "hm", replay: ["responses": .object(thought)], text: "hi")
        answer.calls = [.init(name: "f", arguments: "{}")]
        answer.messageMembers = ["phase": "commentary"]
        answer.output = [.item(search), .reasoning, .message, .call(0), .item(later)]
        return ModelAnswered(answer: answer, runners: [.client])
    }

    /// The outputs in their order, in short.
    private static func outputs(_ session: SessionDriver) -> [String] {
        session.state.items.filter { $0.outputIndex != nil && $0.status != .incomplete }
            .sorted { ($0.outputIndex ?? 0) < ($1.outputIndex ?? 0) }.map { item in
                switch item.body {
                case .other(let other): other["type"]?.string ?? ""
                case .reasoning: "reasoning"
                case .assistantMessage: "message"
                case .toolCall: "call"
                default: "?"
                }
            }
    }

    @Test("the order is the same, streamed or not", arguments: [false, true])
    func order(isStreamed: Bool) throws {
        var session = try Self.asked()
        if isStreamed {
            try session.stream(.item(Self.search), .reasoning("h"), .item(Self.thought), .text("h"))
        }
        try session.send(.modelAnswered(session.due, Self.answer))
        #expect(Self.outputs(session) == ["web_search_call", "reasoning", "message", "call", "compaction"])
        #expect(Set(session.state.items.map(\.id)).count == session.state.items.count)
        #expect(session.state.items.contains { $0.id == "ws_u" })
        let reasoning = session.state.items.first { if case .reasoning = $0.body { true } else { false } }
        #expect(reasoning?.details?["replay"]?["responses"] == .object(Self.thought))
    }

    @Test("the next request shows all of it, and the results behind it")
    func context() throws {
        var session = try Self.asked()
        try session.send(.modelAnswered(session.due, Self.answer))
        let call = session.state.items.compactMap { item -> String? in
            if case .toolCall(let call) = item.body { call.id } else { nil }
        }
        let result: JSONObject = ["type": "function_call_output", "call_id": .string(call[0]), "output": "r"]
        try session.send(.respond(TurnRequest(["model": "m"]), [.other(result)], after: nil))
        let message: JSONObject = [
            "type": "message", "role": "assistant", "phase": "commentary",
            "content": [["type": "output_text", "text": "hi"]],
        ]
        #expect(
            Context.entries(session.state) == [
                .user([.text("hello")]), .other(Self.search),
                .reasoning(summary: "hm", replay: ["responses": .object(Self.thought)]), .other(message),
                .call(id: call[0], name: "f", arguments: "{}"), .other(Self.later),
                .result(id: call[0], output: [.text("r")]),
            ])
    }

    @Test("what a failed attempt left is neither shown nor said again")
    func failed() throws {
        var session = try Self.asked()
        try session.stream(.item(Self.search), .item(Self.thought), .text("h"))
        try session.fail()
        try session.answer("hi")
        #expect(session.context == ["user hello", "model hi"])
        #expect(Self.outputs(session).filter { $0 == "web_search_call" }.isEmpty)
    }

    @Test("a provider's id is taken once, and never one that the session could make")
    func ids() throws {
        var session = try Self.asked()
        let own = session.state.items[0].id
        var answer = ModelAnswer()
        answer.output = [
            .item(Self.search), .item(Self.search), .item(["type": "x", "id": .string(own)]),
            .item(["type": "x", "id": "a b"]), .item(["type": "x"]),
        ]
        try session.send(.modelAnswered(session.due, ModelAnswered(answer: answer, runners: [])))
        let ids = session.state.items.map(\.id)
        #expect(ids.filter { $0 == "ws_u" }.count == 1 && Set(ids).count == 6 && !ids.contains("a b"))
    }

    @Test("the journal and snapshots bring all of it back")
    func stored() throws {
        var session = try Self.asked()
        try session.stream(.item(Self.search), .text("h"))
        let half = try SessionState(JSONParser.parse(JSONWriter.bytes(session.state)).object ?? [:])
        #expect(half == session.state)
        try session.send(.modelAnswered(session.due, Self.answer))
        for (event, _) in session.journal {
            let read = try SessionEvent.decode(
                kind: event.kind, version: SessionEvent.version, body: event.encode())
            #expect(read == event)
        }
        #expect(SessionCore.refold(session: SessionDriver.id, from: nil, session.journal) == session.state)
    }
}
