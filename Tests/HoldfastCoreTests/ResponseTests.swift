import HoldfastCore
import Testing

@Suite("Turns of the Responses dialect")
struct ResponseTests {
    private static let request = TurnRequest(["model": "m2", "instructions": "be kind"])

    private static func asked(_ text: String = "hello") throws -> SessionDriver {
        var session = SessionDriver()
        try session.send(.respond(request, [.userMessage([.text(text)])], after: nil))
        return session
    }

    @Test("a request is asked for as it says, and ends with its answer")
    func plain() throws {
        var session = try Self.asked()
        let call = Context.request(session.state)
        #expect(call.model == "m2" && call.instructions == "be kind" && call.context == [.user([.text("hello")])])
        try session.answer("hi")
        #expect(session.state.status == .idle && session.state.turns.last?.status == .completed)
        try session.send(.respond(TurnRequest(["model": "m3"]), [.userMessage([.text("more")])], after: nil))
        #expect(Context.request(session.state).instructions == nil)
        #expect(session.context == ["user hello", "model hi", "user more"])
    }

    @Test("the client's calls end the response; their results come with the next one")
    func calls() throws {
        var session = try Self.asked()
        try session.answer("", ["f1", "f2"])
        #expect(session.state.status == .idle && session.state.turns.last?.status == .completed)
        let calls = session.state.items.compactMap { item -> String? in
            if case .toolCall(let call) = item.body { call.id } else { nil }
        }
        let results = calls.reversed().map { call in
            Item.Body.other(["type": "function_call_output", "call_id": .string(call), "output": "r"])
        }
        try session.send(.respond(Self.request, Array(results), after: session.state.turns.last?.id))
        #expect(session.context == ["user hello", "call f1", "call f2", "result r", "result r"])
    }

    @Test("with calls of the server too, the response ends when those are done")
    func mixedCalls() throws {
        var session = try Self.asked()
        try session.answer("", ["f1", "r1"])
        #expect(session.open.count == 1 && session.state.status == .inProgress)
        try session.finish(session.open[0])
        #expect(session.state.turns.last?.status == .completed)
    }

    @Test("a call without a result does not hold up an ordinary turn")
    func unanswered() throws {
        var session = try Self.asked()
        try session.answer("", ["f1"])
        try session.say("never mind")
        #expect(session.context == ["user hello", "call f1", "result [cancelled]", "user never mind"])
    }

    @Test("one turn at a time, and only behind the turn that was meant")
    func order() throws {
        var session = try Self.asked()
        let first = try #require(session.state.turns.last?.id)
        #expect(throws: CommandError.busy) { try session.send(.respond(Self.request, [], after: nil)) }
        #expect(throws: CommandError.busy) { try session.send(.addItems([.userMessage([.text("x")])])) }
        try session.answer("hi")
        try session.send(.respond(Self.request, [.userMessage([.text("a")])], after: first))
        try session.answer("b")
        #expect(throws: CommandError.continued) { try session.send(.respond(Self.request, [], after: first)) }
    }

    @Test("what a failed or cancelled response brought is not part of the conversation")
    func abandoned() throws {
        var session = try Self.asked("one")
        try session.fail(.invalidRequest, isRetryable: false)
        try session.send(.respond(Self.request, [.userMessage([.text("two")])], after: nil))
        try session.stream(.text("hal"))
        try session.send(.cancel(session.state.turns.last?.id ?? ""))
        try session.send(.respond(Self.request, [.userMessage([.text("three")])], after: nil))
        #expect(session.context == ["user three"])
        #expect(session.state.conversation.count == 1)
    }

    @Test("a branch has the past up to its turn, and nothing after it")
    func branch() throws {
        var trunk = try Self.asked("one")
        try trunk.answer("a", ["f1"])
        let turn = try #require(trunk.state.turns.last?.id)
        try trunk.send(.respond(Self.request, [.userMessage([.text("two")])], after: turn))
        try trunk.answer("b")
        var branch = SessionDriver()
        try branch.send(.branch(trunk.state.past(through: turn)))
        try branch.send(.respond(Self.request, [.userMessage([.text("other")])], after: nil))
        #expect(branch.context == ["user one", "model a", "call f1", "result [cancelled]", "user other"])
        try branch.answer("c")
        #expect(branch.state.items.last?.id != trunk.state.items.last?.id)
    }

    @Test("items join the conversation, and leave it")
    func items() throws {
        var session = SessionDriver()
        try session.send(
            .addItems([
                .other(["type": "message", "role": "system", "content": "be brief"]),
                .userMessage([.text("my name is Ada")]),
                .other(["type": "function_call", "call_id": "c1", "name": "f", "arguments": "{}"]),
                .other(["type": "function_call_output", "call_id": "c1", "output": "out"]),
                .other(["type": "web_search_call", "id": "ws"]),
            ]))
        #expect(session.state.status == .idle && session.effects.isEmpty)
        try session.send(.respond(Self.request, [.userMessage([.text("who am I?")])], after: nil))
        #expect(
            session.context == [
                "system be brief", "user my name is Ada", "call f", "result out", "other", "user who am I?",
            ])
        try session.answer("Ada")
        try session.send(.deleteItem(session.state.items[1].id))
        #expect(!session.context.contains("user my name is Ada"))
        #expect(throws: CommandError.unknown("nothing")) { try session.send(.deleteItem("nothing")) }
    }

    @Test("a deleted response is gone, its items are not; a chain goes with its last response")
    func deletion() throws {
        var session = try Self.asked()
        try session.answer("hi")
        let turn = try #require(session.state.turns.last?.id)
        try session.send(.deleteResponse(turn))
        #expect(session.state.turns.last?.isDeleted == true && !session.state.isDeleted)
        #expect(session.context == ["user hello", "model hi"])
        #expect(throws: CommandError.unknown(turn)) { try session.send(.deleteResponse(turn)) }

        let created = SessionCreated(project: "p", agent: AgentDefinition(id: "a", model: "m"), isChain: true)
        var chain = SessionCore.start(session: SessionDriver.id, created, at: 1)
        chain = try SessionCore.decide(chain, .respond(Self.request, [], after: nil), at: 2, limits: Limits()).state
        let only = try #require(chain.turns.last?.id)
        let gone = try SessionCore.decide(chain, .deleteResponse(only), at: 3, limits: Limits())
        #expect(gone.state.isDeleted && gone.state.turns.last?.status == .cancelled)
    }

    @Test("an answer that was cut short says why")
    func incomplete() throws {
        var session = try Self.asked()
        var answer = SessionDriver.answered("hal")
        answer.answer.isTruncated = true
        try session.send(.modelAnswered(session.due, answer))
        #expect(session.state.turns.last?.incompleteReason == "max_output_tokens")
        #expect(session.context == ["user hello", "model hal"])
    }

    @Test("thoughts that a provider must see again come back before what followed them")
    func replay() throws {
        var session = try Self.asked()
        var answer = SessionDriver.answered("hi")
        answer.answer.replay = ["p": ["signature": "s"]]
        try session.send(.modelAnswered(session.due, answer))
        try session.say("go on")
        let replayed = Context.entries(session.state).contains { entry in
            entry == .reasoning(summary: "", replay: ["p": ["signature": "s"]])
        }
        #expect(replayed)
    }
}

@Suite("What a demanded call leaves")
struct ToolChoiceTests {
    @Test("a demand is made once in a response, not with every result")
    func demand() throws {
        var session = SessionDriver()
        let request = TurnRequest(["model": "m", "tool_choice": "required"])
        try session.send(.respond(request, [.userMessage([.text("go")])], after: nil))
        #expect(Context.request(session.state).options.toolChoice == .required)
        try session.answer("", ["r1"])
        try session.finish(session.open[0])
        #expect(Context.request(session.state).options.toolChoice == .auto)
    }
}
