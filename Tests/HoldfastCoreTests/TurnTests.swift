import HoldfastCore
import Testing

@Suite("Turns")
struct TurnTests {
    @Test("a message begins a turn, an answer ends it")
    func lifeCycle() throws {
        var session = SessionDriver()
        #expect(session.state.status == .idle)
        #expect(session.effects.isEmpty)
        #expect(try session.say("hello").kinds == ["input.received"])
        #expect(session.state.status == .inProgress)
        #expect(session.effects == ["model:1:1"])
        #expect(try session.answer("hi").kinds == ["model.answered", "turn.ended"])
        #expect(session.state.status == .idle)
        #expect(session.effects.isEmpty)
        let turn = try #require(session.state.turns.last)
        #expect(turn.status == .completed)
        #expect(turn.endedAt == session.now)
        #expect(turn.usage == TokenUsage(input: 10, output: 2))
        #expect(session.state.items.map(\.status) == [.completed, .completed])
        #expect(session.state.items.last?.body == .assistantMessage(text: "hi", isFinal: true))
        #expect(session.context == ["user hello", "model hi"])
    }

    @Test("a second turn goes on with the conversation")
    func second() throws {
        var session = try SessionDriver.asked()
        try session.answer("hi")
        try session.say("more", "and more")
        #expect(session.effects == ["model:2:1"])
        try session.answer("ok")
        #expect(session.context == ["user hello", "model hi", "user more", "user and more", "model ok"])
        #expect(Set(session.state.turns.map(\.id)).count == 2)
        #expect(session.state.items(ofTurn: 1) == 2..<5)
    }

    @Test("an empty answer completes the turn")
    func emptyAnswer() throws {
        var session = try SessionDriver.asked()
        #expect(try session.answer("").kinds == ["model.answered", "turn.ended"])
        #expect(session.state.items.count == 1)
    }

    @Test("a truncated answer is shown as incomplete, and belongs to the conversation")
    func truncated() throws {
        var session = try SessionDriver.asked()
        var answered = SessionDriver.answered("half")
        answered.answer.isTruncated = true
        try session.send(.modelAnswered(session.due, answered))
        #expect(session.state.items.last?.status == .truncated)
        #expect(session.state.items.last?.status.publicName == "incomplete")
        #expect(session.state.turns.last?.status == .completed)
        try session.say("continue")
        #expect(session.context == ["user hello", "model half", "user continue"])
    }

    @Test("reasoning ends where text begins")
    func reasoningAfterText() throws {
        var session = try SessionDriver.asked()
        #expect(
            try session.stream(.reasoning("hm"), .text("a"), .reasoning("more")).kinds == [
                "model.delta", "model.delta",
            ])
        #expect(session.state.items.dropFirst().map(\.status) == [.completed, .inProgress])
        var answered = SessionDriver.answered("ab")
        answered.answer.reasoning = "hmmore"
        try session.send(.modelAnswered(session.due, answered))
        #expect(session.state.items[1].body == .reasoning(summary: "hm"))
        #expect(session.state.items[2].body == .assistantMessage(text: "ab", isFinal: true))
    }

    @Test("a message during a call steers the turn: another call follows")
    func steer() throws {
        var session = try SessionDriver.asked()
        try session.stream(.text("let me"))
        #expect(try session.say("wait").kinds == ["input.received"])
        #expect(session.effects == ["model:1:1"])
        #expect(try session.answer("let me see").kinds == ["model.answered"])
        #expect(session.state.status == .inProgress)
        #expect(session.effects == ["model:2:1"])
        #expect(session.context == ["user hello", "model let me see", "user wait"])
        #expect(try session.answer("ok").kinds == ["model.answered", "turn.ended"])
        #expect(session.state.turns.count == 1)
    }

    @Test("a message while calls are open is seen by the next model call")
    func steerDuringCalls() throws {
        var session = try SessionDriver.asked()
        try session.answer("", ["r"])
        try session.say("and this")
        #expect(session.effects.count == 1)
        try session.finish(session.open[0])
        #expect(session.effects == ["model:2:1"])
        #expect(session.context == ["user hello", "call r", "result out", "user and this"])
        #expect(try session.answer("done").kinds == ["model.answered", "turn.ended"])
    }

    @Test("a cancel ends the turn, whatever it does", arguments: ["due", "streaming", "retry", "tools", "functions"])
    func cancel(state: String) throws {
        var session = try SessionDriver.asked()
        switch state {
        case "streaming": try session.stream(.reasoning("hm"), .text("let"))
        case "retry": try session.fail()
        case "tools": try session.answer("", ["w1", "r1"])
        case "functions": try session.answer("", ["f1"])
        default: break
        }
        #expect(try session.send(.input([.cancel])).kinds == ["turn.ended"])
        #expect(session.state.status == .idle)
        #expect(session.effects.isEmpty)
        #expect(session.state.turns.last?.status == .cancelled)
        #expect(session.state.items.allSatisfy { $0.status != .inProgress })
        try session.say("again")
        #expect(session.effects == ["model:2:1"])
        #expect(session.context.last == "user again")
        #expect(
            session.context.filter { $0.hasPrefix("call") }.count
                == session.context.filter { $0.hasPrefix("result") }.count)
    }

    @Test("a cancel of an idle session changes nothing")
    func idleCancel() throws {
        var session = SessionDriver()
        #expect(try session.send(.input([.cancel])).isEmpty)
        #expect(try session.send(.input([])).isEmpty)
    }

    @Test("one input is applied in order")
    func mixedInput() throws {
        var session = try SessionDriver.asked()
        let kinds = try session.send(
            .input([.messages([[.text("a")]]), .messages([[.text("b")]]), .cancel, .messages([[.text("c")]])])
        ).kinds
        #expect(kinds == ["input.received", "turn.ended", "input.received"])
        #expect(session.state.turns.map(\.status) == [.cancelled, .active])
    }

    @Test("one input is applied as a whole or not at all")
    func wholeInput() throws {
        var session = try SessionDriver.asked()
        let before = session.state
        let late = SessionCommand.InputEvent.functionResult(turn: "t", call: "c", output: .none)
        #expect(throws: CommandError.unknownCall("c")) {
            try session.send(.input([.messages([[.text("a")]]), late]))
        }
        #expect(session.state == before)
    }

    @Test("the turns of a session are bounded")
    func turnLimit() throws {
        var session = SessionDriver()
        session.limits.turnsPerSession = 1
        try session.say("one")
        try session.say("steers")
        try session.answer("a")
        try session.answer("b")
        #expect(throws: CommandError.limit("turns_per_session")) { try session.say("two") }
    }

    @Test("the model calls of a turn are bounded")
    func callLimit() throws {
        var session = try SessionDriver.asked()
        session.limits.modelCallsPerTurn = 2
        try session.answer("", ["r"])
        try session.finish(session.open[0])
        #expect(try session.answer("", ["w"]).kinds == ["model.answered", "turn.ended"])
        #expect(session.state.turns.last?.error?.code == "usage_limit_exceeded")
        #expect(session.effects.isEmpty)
        try session.say("again")
        #expect(try session.answer("fine").kinds == ["model.answered", "turn.ended"])
        #expect(session.state.turns.last?.status == .completed)
    }

    @Test("a used-up budget stops before the next model call and not within one")
    func budget() throws {
        var session = SessionDriver(spendLimit: 1)
        try session.say("hello")
        try session.answer("", ["r"])
        try session.finish(session.open[0])
        #expect(session.state.isBudgetReached)
        #expect(session.state.status == .budgetReached)
        #expect(session.effects.isEmpty)
        #expect(SessionCore.isUnderWay(.modelCall(number: 2, attempt: 1, notBefore: 0), in: session.state))
        let waiting = Effect.modelCall(number: 2, attempt: 1, notBefore: session.now + 1)
        #expect(!SessionCore.isUnderWay(waiting, in: session.state), "it has not begun")
        try session.send(.update(SessionUpdated(spendLimit: .cents(2))))
        #expect(session.state.status == .inProgress)
        #expect(session.effects == ["model:2:1"])
        try session.answer("done")
        #expect(session.state.status == .budgetReached)
        try session.send(.update(SessionUpdated(spendLimit: SessionUpdated.SpendLimit.none)))
        #expect(session.state.status == .idle)
        #expect(try session.send(.update(SessionUpdated())).isEmpty)
    }

    @Test("a half-shown answer is unsettled also when the budget is reached")
    func unsettled() throws {
        var session = try SessionDriver.asked()
        try session.answer("costs")
        try session.say("more")
        try session.stream(.text("half"))
        try session.send(.update(SessionUpdated(spendLimit: .cents(0))))
        #expect(session.state.status == .budgetReached && session.effects.isEmpty)
        #expect(SessionCore.unsettled(session.state, outstanding: []) == ["model:2:1"])
        #expect(try session.send(.recover).kinds == ["model.attempt_failed"])
        #expect(session.state.items.last?.status == .incomplete)
        #expect(SessionCore.unsettled(session.state, outstanding: []) == [])
    }

    @Test("a session that works cannot be deleted, a deleted one takes nothing")
    func deletion() throws {
        var session = try SessionDriver.asked()
        #expect(throws: CommandError.running) { try session.send(.delete) }
        try session.answer("hi")
        #expect(try session.send(.delete).kinds == ["session.deleted"])
        #expect(session.effects.isEmpty)
        #expect(throws: CommandError.notFound) { try session.say("hello?") }
    }

    @Test("time never goes back")
    func time() throws {
        var session = try SessionDriver.asked()
        session.now = 0
        try session.answer("hi")
        #expect(session.journal.last?.at == 1_010)
    }
}
