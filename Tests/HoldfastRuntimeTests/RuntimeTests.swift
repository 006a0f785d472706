import HoldfastCore
import HoldfastStore
import HoldfastTestKit
import Testing

@testable import HoldfastRuntime

@Suite("The runtime")
struct RuntimeTests {
    private static let session = RuntimeFixture.session

    @Test("a session is created, works, and rests")
    func basic() throws {
        let world = DeterministicWorld(seed: 1)
        try world.run {
            let fixture = RuntimeFixture(world)
            let runtime = fixture.start()
            let created = try await runtime.create(
                session: Self.session, RuntimeFixture.created(), input: [RuntimeFixture.message("hello")])
            #expect(created.status == .inProgress)
            _ = try await fixture.rest(runtime)
            let second = try await runtime.send(RuntimeFixture.message("more"))
            #expect(second.turns.count == 2)
            let state = try await fixture.rest(runtime)
            #expect(state.turns.map(\.status) == [.completed, .completed])
            #expect(runtime.statistics.turnsCompleted == 2)
            #expect(runtime.statistics.modelCalls == 2)
            #expect(try await StateLoader(store: fixture.store).state(session: Self.session) == state)
            await runtime.stop()
        }
    }

    @Test("errors say what is wrong")
    func errors() throws {
        let world = DeterministicWorld(seed: 2)
        try world.run {
            let fixture = RuntimeFixture(world)
            let runtime = fixture.start()
            let hello = RuntimeFixture.message("hello")
            let unknown = await errorName { () throws(SubmitError) in _ = try await runtime.send(hello) }
            #expect(unknown == "refused notFound")
            _ = try await runtime.create(session: Self.session, RuntimeFixture.created(), input: [])
            let foreign = await errorName { () throws(SubmitError) in
                _ = try await runtime.send(hello, project: "other")
            }
            #expect(foreign == "refused notFound")
            #expect(try await runtime.state(of: Self.session, project: "other") == nil)
            let twice = await errorName { () throws(SubmitError) in
                _ = try await runtime.create(session: Self.session, RuntimeFixture.created(), input: [])
            }
            #expect(twice == "store conflict")
            let late = await errorName { () throws(SubmitError) in
                _ = try await runtime.create(
                    session: "sess_other", RuntimeFixture.created(),
                    input: [.functionResult(turn: "t", call: "c", output: .none)])
            }
            #expect(late == "refused unknownCall(\"c\")")
            await runtime.stop()
            let stopped = await errorName { () throws(SubmitError) in _ = try await runtime.send(hello) }
            #expect(stopped == "stopping")
            let new = await errorName { () throws(SubmitError) in
                _ = try await runtime.create(session: "sess_new", RuntimeFixture.created(), input: [])
            }
            #expect(new == "stopping")
        }
    }

    @Test("a repeated request does nothing, awake, asleep and after a restart")
    func idempotency() throws {
        let world = DeterministicWorld(seed: 3)
        try world.run {
            let fixture = RuntimeFixture(world)
            var runtime = fixture.start()
            _ = try await runtime.create(session: Self.session, RuntimeFixture.created(), input: [])
            for round in 0..<4 {
                let state = try await runtime.send(RuntimeFixture.message("hello"), key: "k")
                #expect(state.items.count { if case .userMessage = $0.body { true } else { false } } == 1)
                let reused = await errorName { () throws(SubmitError) in
                    _ = try await runtime.send(RuntimeFixture.message("other"), key: "k", print: 2)
                }
                #expect(reused == "keyReused")
                _ = try await fixture.rest(runtime)
                if round == 0 { await fixture.maintain(runtime, for: 30_000) }
                if round >= 1 {
                    await runtime.stop()
                    runtime = fixture.start()
                }
            }
            #expect(fixture.model.requests.count == 1)
            await runtime.stop()
        }
    }

    @Test("a repeated cancel does not end a turn that began after it")
    func repeatedCancel() throws {
        let world = DeterministicWorld(seed: 8)
        try world.run {
            let fixture = RuntimeFixture(world)
            let runtime = fixture.start()
            _ = try await runtime.create(session: Self.session, RuntimeFixture.created(), input: [])
            _ = try await runtime.send(.cancel, key: "c")
            _ = try await runtime.send(RuntimeFixture.message("hello"))
            _ = try await runtime.send(.cancel, key: "c")
            #expect(try await fixture.rest(runtime).turns.map(\.status) == [.completed])
            await runtime.stop()
        }
    }

    @Test("an idle session goes to sleep and wakes as it was")
    func passivation() throws {
        let world = DeterministicWorld(seed: 4)
        try world.run {
            let store = MemoryStore()
            var fixture = RuntimeFixture(world, store: store)
            fixture.limits.snapshotEvents = 32
            fixture.limits.snapshotEventsPerItem = 1
            let runtime = fixture.start()
            _ = try await runtime.create(session: Self.session, RuntimeFixture.created(), input: [])
            for _ in 0..<12 {
                _ = try await runtime.send(RuntimeFixture.message("again"))
                _ = try await fixture.rest(runtime)
            }
            let before = try await fixture.rest(runtime)
            #expect(runtime.liveSessionCount == 1)
            await fixture.maintain(runtime, for: 10_000)
            #expect(runtime.liveSessionCount == 1)
            await fixture.maintain(runtime, for: 20_000)
            #expect(runtime.liveSessionCount == 0)
            #expect(
                store.snapshot(session: Self.session, foldVersion: SessionCore.foldVersion, at: nil)?.seq == before.seq)
            #expect(try await runtime.state(of: Self.session, project: "p") == before)
            _ = try await runtime.send(RuntimeFixture.message("awake"))
            let after = try await fixture.rest(runtime)
            #expect(after.turns.count == 13)
            #expect(fixture.model.requests.last?.userTexts.count == 13)
            await runtime.stop()
        }
    }

    @Test("a session that waits for a client sleeps too, and goes on days later in another process")
    func waiting() throws {
        let world = DeterministicWorld(seed: 5)
        try world.run {
            let fixture = RuntimeFixture(
                world, model: FakeModel(answers: [.calling("ask"), ModelAnswer(text: "thanks")]))
            let runtime = fixture.start()
            _ = try await runtime.create(
                session: Self.session, RuntimeFixture.created(functions: ["ask"]),
                input: [RuntimeFixture.message("hello")])
            await fixture.maintain(runtime, for: 3 * 86_400_000)
            #expect(runtime.liveSessionCount == 0)
            await runtime.stop()
            let next = fixture.start()
            try await next.recover()
            #expect(next.liveSessionCount == 0)
            let waiting = try #require(try await next.state(of: Self.session, project: "p"))
            #expect(waiting.status == .requiresAction)
            _ = try await next.send(
                .functionResult(
                    turn: waiting.turns.last?.id ?? "", call: waiting.clientCalls[0].id, output: .text("42")))
            #expect(try await fixture.rest(next).turns.last?.status == .completed)
            await next.stop()
        }
    }

    @Test("a stop leaves open turns to the next process, at no cost to their attempts")
    func stopping() throws {
        let world = DeterministicWorld(seed: 6)
        try world.run {
            let model = FakeModel { (_, number, emit) throws(ModelError) in
                emit(.text("hal"))
                if number == 1 {
                    do { try await world.clock.sleep(for: 60_000) } catch {
                        throw ModelError(.connection, "cancelled", isRetryable: true)
                    }
                }
                return ModelAnswer(text: "half")
            }
            let fixture = RuntimeFixture(world, model: model)
            let runtime = fixture.start()
            _ = try await runtime.create(
                session: Self.session, RuntimeFixture.created(), input: [RuntimeFixture.message("hello")])
            try await world.clock.sleep(for: 100)
            await runtime.stop()
            let left = try #require(try await StateLoader(store: fixture.store).state(session: Self.session))
            #expect(left.activeTurn != nil)
            #expect(left.dueCall?.attempt == 1)
            let next = fixture.start()
            try await next.recover()
            try await world.clock.sleep(for: 1)
            let state = try await fixture.rest(next)
            #expect(state.turns.last?.status == .completed)
            #expect(state.items.map(\.status) == [.completed, .incomplete, .completed])
            #expect(model.requests.count == 2)
            await next.stop()
        }
    }

    @Test("a tool that must not run twice does not run twice when its process ends")
    func unknownOutcome() throws {
        let world = DeterministicWorld(seed: 7)
        try world.run {
            var fixture = RuntimeFixture(
                world, model: FakeModel(answers: [.calling("write", "look"), ModelAnswer(text: "well")]))
            fixture.tools = FakeTools([.fake("write", .atMostOnce), .fake("look", .read)]) { _, _ in
                try? await world.clock.sleep(for: 5_000)
                return ToolOutcome(.succeeded, output: "ok")
            }
            let runtime = fixture.start()
            _ = try await runtime.create(
                session: Self.session, RuntimeFixture.created(), input: [RuntimeFixture.message("hello")])
            try await world.clock.sleep(for: 100)
            await runtime.stop()
            let next = fixture.start()
            try await next.recover()
            let state = try await fixture.rest(next)
            #expect(fixture.tools.allRuns.map(\.attempts) == [[1], [1, 2]])
            let kinds = state.items.compactMap { item -> ToolOutcome.Kind? in
                if case .toolCall(let call) = item.body { call.outcome?.kind } else { nil }
            }
            #expect(kinds == [.unknown, .succeeded])
            await next.stop()
        }
    }

    @Test("pieces keep their order however the loop takes them")
    func pieces() {
        let output = ModelOutput(attempt: .init(number: 1, attempt: 1))
        var queue: [Envelope] = []
        for piece in [ModelPiece.reasoning("a"), .reasoning("b"), .text("c"), .text("d")] {
            if let envelope = output.add(piece) { queue.append(envelope) }
        }
        var taken: [ModelPiece] = []
        for envelope in queue {
            switch envelope {
            case .result(.modelPieces(_, let pieces)): taken += pieces
            case .output(let buffer):
                if case .modelPieces(_, let pieces)? = buffer.take() { taken += pieces }
            default: break
            }
        }
        #expect(taken == [.reasoning("a"), .reasoning("b"), .text("cd")])
    }
}
