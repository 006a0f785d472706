import Testing

@testable import HoldfastCore

@Suite("Retries and recovery")
struct RecoveryTests {
    @Test("a failed attempt is repeated after a while, up to the limit")
    func retries() throws {
        var session = try SessionDriver.asked()
        session.limits.modelAttempts = 3
        try session.stream(.reasoning("hm"), .text("hal"))
        #expect(try session.fail(jitter: 0).kinds == ["model.attempt_failed"])
        #expect(session.state.items.dropFirst().map(\.status) == [.completed, .incomplete])
        #expect(
            SessionCore.outstanding(session.state)
                == [.modelCall(number: 1, attempt: 2, notBefore: session.now + 250)])
        try session.stream(.text("half"))
        #expect(try session.fail().kinds == ["model.attempt_failed"])
        #expect(session.effects == ["model:1:3"])
        #expect(try session.fail(.overloaded).kinds == ["turn.ended"])
        #expect(session.state.turns.last?.error == TurnError(code: "server_overloaded", message: "broken"))
        #expect(session.state.items.count == 4)
        try session.say("again")
        #expect(session.context == ["user hello", "user again"])
        #expect(session.effects == ["model:2:1"])
    }

    @Test("an error that will not go away ends the turn")
    func fatal() throws {
        var session = try SessionDriver.asked()
        #expect(try session.fail(.authentication, isRetryable: false).kinds == ["turn.ended"])
        #expect(session.state.turns.last?.status == .failed)
    }

    @Test("the wait doubles, has jitter, and obeys the provider")
    func backoff() {
        let limits = Limits()
        func wait(_ failures: Int, _ asked: Milliseconds? = nil, _ jitter: Double = 0) -> Milliseconds {
            Decision.backoff(failures: failures, asked, jitter: jitter, limits)
        }
        #expect([0, 1, 2, 3].map { wait($0) } == [250, 500, 1_000, 2_000])
        #expect(wait(0, nil, 0.5) == 375)
        #expect(wait(0, 4_000) == 4_000)
        #expect(wait(0, 10) == 250)
        #expect(wait(0, 3_600_000) == 3_600_000, "a provider's wish is not cut short")
        #expect(wait(60, nil, 0.999) <= limits.modelRetryMaximum)
    }

    @Test("after a crash every effect class gets what it promises")
    func classes() throws {
        var session = try SessionDriver.asked()
        try session.answer("", ["r1", "i1", "w1", "w2", "f1"])
        let open = session.open
        try session.send(.toolOutput(.init(call: open[2], attempt: 1), "half"))
        try session.send(.toolOutput(.init(call: open[0], attempt: 1), "some"))
        #expect(
            try session.send(.recover).kinds == [
                "tool.interrupted", "tool.interrupted", "tool.finished", "tool.finished",
            ])
        #expect(session.effects == ["tool:\(open[0]):2", "tool:\(open[1]):2"])
        #expect(session.open == [open[0], open[1], open[4]])
        let outcomes = session.state.items.compactMap { item -> ToolOutcome? in
            if case .toolCall(let call) = item.body { call.outcome } else { nil }
        }
        #expect(outcomes.map(\.kind) == [.unknown, .unknown])
        #expect(outcomes.map(\.output) == ["half\n" + ToolOutcome.unknownText, ToolOutcome.unknownText])
        #expect(try session.finish(open[0], attempt: 1).isEmpty)
        try session.finish(open[0], attempt: 2)
        try session.send(.recover)
        #expect(session.effects == ["tool:\(open[1]):3"])
    }

    @Test("a cut model call closes its partial item and costs no attempt")
    func cutCall() throws {
        var session = try SessionDriver.asked()
        try session.stream(.text("hal"))
        #expect(try session.send(.recover).kinds == ["model.attempt_failed"])
        #expect(session.state.dueCall?.failures == 0)
        #expect(session.effects == ["model:1:2"])
        #expect(session.state.items.last?.status == .incomplete)
        #expect(try session.answer("half").kinds == ["model.answered", "turn.ended"])
        #expect(session.context == ["user hello", "model half"])
        #expect(Set(session.state.items.map(\.id)).count == 3)
    }

    @Test("a session with nothing under way recovers without an event")
    func nothing() throws {
        var session = SessionDriver()
        #expect(try session.send(.recover).isEmpty)
        try session.say("hello")
        #expect(try session.send(.recover).isEmpty)
        #expect(session.effects == ["model:1:1"])
        try session.answer("", ["f1"])
        #expect(try session.send(.recover).isEmpty)
    }

    @Test("an environment comes before the first model call")
    func environment() throws {
        var session = SessionDriver(environment: SessionEnvironment(kind: .hosted, id: "env_1"))
        #expect(session.effects == ["environment"])
        try session.say("hello")
        #expect(session.effects == ["environment"])
        #expect(try session.send(.environment(EnvironmentChanged(status: .connected))).kinds == ["environment.changed"])
        #expect(try session.send(.environment(EnvironmentChanged(status: .connected))).isEmpty)
        #expect(session.effects == ["model:1:1"])
    }

    @Test("without its environment no turn works")
    func brokenEnvironment() throws {
        var session = SessionDriver(environment: SessionEnvironment(kind: .hosted, id: "env_1"))
        try session.say("hello")
        let broken = EnvironmentChanged(status: .failed, error: "no sandbox")
        #expect(try session.send(.environment(broken)).kinds == ["environment.changed", "turn.ended"])
        #expect(session.state.turns.last?.error == TurnError(code: "sandbox_error", message: "no sandbox"))
        #expect(try session.say("again").kinds == ["input.received", "turn.ended"])
        #expect(session.effects.isEmpty)
    }
}
