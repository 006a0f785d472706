import HoldfastCore
import Testing

@Suite("What the model sees")
struct ContextTests {
    @Test("a batch of calls, then its results, then the next batch")
    func batches() throws {
        var session = try SessionDriver.asked()
        try session.answer("one", ["r1", "r2"])
        for call in session.open.reversed() { try session.finish(call, .succeeded, "of \(call.suffix(1))") }
        try session.answer("", ["r3"])
        try session.finish(session.open[0], .succeeded, "three")
        try session.answer("", ["r4"])
        try session.finish(session.open[0], .succeeded, "four")
        try session.answer("done")
        #expect(
            session.context == [
                "user hello", "model one", "call r1", "call r2", "result of 0", "result of 1", "call r3",
                "result three", "call r4", "result four", "model done",
            ])
    }

    @Test("a steer during a call that asks for tools follows their results")
    func steerBeforeCalls() throws {
        var session = try SessionDriver.asked()
        try session.stream(.text("let"))
        try session.say("steer")
        try session.answer("let me", ["r1"])
        try session.finish(session.open[0])
        #expect(session.context == ["user hello", "model let me", "call r1", "result out", "user steer"])
        #expect(try session.answer("ok").kinds == ["model.answered", "turn.ended"])
    }

    @Test("several steers keep their order")
    func steers() throws {
        var session = try SessionDriver.asked()
        try session.say("one")
        try session.answer("a", ["f1"])
        try session.say("two")
        try session.result(session.open[0])
        try session.say("three")
        try session.answer("b")
        #expect(
            session.context == [
                "user hello", "model a", "call f1", "result res", "user one", "user two", "model b", "user three",
            ])
        #expect(session.effects == ["model:3:1"])
    }

    @Test("a person's cut is part of the conversation, a failed attempt is not")
    func partials() throws {
        var session = try SessionDriver.asked()
        try session.stream(.text("failed attempt"))
        try session.fail()
        try session.stream(.text("cut by a person"))
        try session.send(.input([.cancel]))
        try session.say("go on")
        try session.stream(.reasoning("secret"), .text("failed turn"))
        try session.fail(isRetryable: false)
        try session.say("and on")
        #expect(session.context == ["user hello", "model cut by a person", "user go on", "user and on"])
    }

    @Test("what a failed attempt left stays out of the conversation when a person cancels the wait behind it")
    func cancelledWait() throws {
        var session = try SessionDriver.asked()
        try session.stream(.text("failed attempt"))
        try session.fail()
        try session.send(.input([.cancel]))
        try session.say("go on")
        #expect(session.context == ["user hello", "user go on"])
    }

    @Test("a steer during an attempt that fails is seen by the call after it")
    func steerDuringRetry() throws {
        var session = try SessionDriver.asked()
        try session.say("steer")
        try session.fail()
        try session.answer("first")
        #expect(session.context == ["user hello", "model first", "user steer"])
        #expect(session.effects == ["model:2:1"])
    }

    @Test("results stand behind their calls although messages came between")
    func resultsTogether() throws {
        var session = try SessionDriver.asked()
        try session.answer("", ["f1", "r1"])
        let open = session.open
        try session.say("a")
        try session.result(open[0])
        try session.say("b")
        try session.finish(open[1])
        #expect(
            session.context == ["user hello", "call f1", "call r1", "result res", "result out", "user a", "user b"])
    }
}
