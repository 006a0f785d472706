import HoldfastCore
import Testing

@Suite("Calls")
struct CallTests {
    @Test("calls of one answer run side by side, results come in any order")
    func parallel() throws {
        var session = try SessionDriver.asked()
        #expect(try session.answer("go", ["w1", "r1", "f1", "i1"]).kinds == ["model.answered", "tool.started"])
        let open = session.open
        #expect(session.effects == [open[0], open[1], open[3]].map { "tool:\($0):1" })
        #expect(session.state.status == .requiresAction)
        #expect(session.state.clientCalls.map(\.id) == [open[2]])
        try session.finish(open[3], .succeeded, "i")
        try session.result(open[2])
        #expect(session.state.status == .inProgress)
        try session.finish(open[0], .failed, "w")
        #expect(session.effects == ["tool:\(open[1]):1"])
        try session.finish(open[1], .succeeded, "r")
        #expect(session.effects == ["model:2:1"])
        #expect(
            session.context == [
                "user hello", "model go", "call w1", "call r1", "call f1", "call i1", "result w", "result r",
                "result res", "result i",
            ])
        #expect(
            session.state.items.dropFirst(2).map(\.status) == [.failed, .completed, .completed, .completed, .completed])
    }

    @Test("a started record stands before every at_most_once call, and only there")
    func starts() throws {
        var session = try SessionDriver.asked()
        let events = try session.answer("", ["r1", "w1", "w2", "i1"])
        #expect(events.kinds == ["model.answered", "tool.started", "tool.started"])
        #expect(session.state.openCalls.map(\.isStarted) == [false, true, true, false])
    }

    @Test("refused calls are answered at once")
    func refused() throws {
        var session = try SessionDriver.asked()
        try session.answer("", ["x1"])
        #expect(session.effects == ["model:2:1"])
        #expect(session.state.items.last?.status == .failed)
        #expect(session.context.last == "result There is no tool named x1.")
    }

    @Test("results nobody waits for are refused")
    func unusableResults() throws {
        var session = try SessionDriver.asked()
        try session.answer("", ["f1", "w1"])
        let (function, tool) = (session.open[0], session.open[1])
        #expect(throws: CommandError.unknownCall("call_x")) { try session.result("call_x") }
        #expect(throws: CommandError.unknownCall(tool)) { try session.result(tool) }
        #expect(throws: CommandError.wrongTurn(call: function)) { try session.result(function, turn: "turn_x") }
        try session.result(function)
        #expect(throws: CommandError.unknownCall(function)) { try session.result(function) }
        try session.send(.input([.cancel]))
        #expect(throws: CommandError.unknownCall(function)) { try session.result(function) }
    }

    @Test("late and repeated outcomes of tools are ignored")
    func lateOutcomes() throws {
        var session = try SessionDriver.asked()
        try session.answer("", ["r1", "r2"])
        let calls = session.open
        #expect(try session.finish(calls[0], attempt: 2).isEmpty)
        #expect(try session.send(.toolOutput(.init(call: calls[0], attempt: 2), "x")).isEmpty)
        #expect(try session.send(.toolOutput(.init(call: calls[0], attempt: 1), "")).isEmpty)
        try session.finish(calls[0])
        #expect(try session.finish(calls[0]).isEmpty)
        #expect(try session.send(.toolOutput(.init(call: calls[0], attempt: 1), "x")).isEmpty)
        #expect(try session.finish("call_x").isEmpty)
        try session.send(.input([.cancel]))
        #expect(try session.finish(calls[1]).isEmpty)
    }

    @Test("late answers of models are ignored")
    func lateAnswers() throws {
        var session = try SessionDriver.asked()
        let first = session.due
        try session.fail()
        #expect(try session.send(.modelAnswered(first, SessionDriver.answered("late"))).isEmpty)
        #expect(try session.send(.modelPieces(first, [.text("late")])).isEmpty)
        #expect(try session.send(.modelFailed(first, ModelError(.server, "", isRetryable: true), jitter: 0)).isEmpty)
        let second = session.due
        try session.answer("hi")
        #expect(try session.send(.modelAnswered(second, SessionDriver.answered("twice"))).isEmpty)
    }

    @Test("what a cancelled command had put out stays")
    func cancelledOutput() throws {
        var session = try SessionDriver.asked()
        try session.answer("", ["w1", "f1"])
        try session.send(.toolOutput(.init(call: session.open[0], attempt: 1), "half"))
        try session.send(.input([.cancel]))
        try session.say("next")
        #expect(
            session.context == [
                "user hello", "call w1", "call f1", "result half[cancelled]", "result [cancelled]", "user next",
            ])
    }

    @Test("an error of a function is its result")
    func functionError() throws {
        var session = try SessionDriver.asked()
        try session.answer("", ["f1", "f2", "f3"])
        let calls = session.open
        try session.result(calls[0], .error("no"))
        try session.result(calls[1], .none)
        try session.result(calls[2], .parts([.text("a"), .image(url: "u")]))
        #expect(session.context.suffix(3) == ["result no", "result ", "result a+image"])
        #expect(session.state.items.suffix(3).map(\.status) == [.failed, .completed, .completed])
    }
}
