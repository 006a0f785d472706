import HoldfastCore
import HoldfastRuntime
import HoldfastStore
import HoldfastTestKit
import Logging
import Testing

@Suite("Under pressure")
struct PressureTests {
    private static let session = RuntimeFixture.session

    @Test("a full disk refuses requests, keeps results, and all goes on when there is space")
    func full() throws {
        let world = DeterministicWorld(seed: 1)
        try world.run {
            let faulty = FaultyStore(MemoryStore())
            let model = FakeModel { _, number, _ in
                try? await world.clock.sleep(for: 50)
                return number == 1 ? .calling("write") : ModelAnswer(text: "done")
            }
            let fixture = RuntimeFixture(world, store: faulty, model: model)
            let runtime = fixture.start()
            _ = try await runtime.create(
                session: Self.session, RuntimeFixture.created(), input: [RuntimeFixture.message("hello")])
            for append in 2...6 { faulty.add(.failing(append: append, .full)) }
            try await world.clock.sleep(for: 100)
            // The model's answer cannot be written; nobody who asks meanwhile has to wait for ever.
            let refused = await errorName { () throws(SubmitError) in
                _ = try await runtime.send(RuntimeFixture.message("steer"))
            }
            #expect(refused == "store full")
            #expect(fixture.tools.allRuns.isEmpty)
            let state = try await fixture.rest(runtime)
            #expect(state.turns.map(\.status) == [.completed])
            #expect(fixture.tools.allRuns.map(\.attempts) == [[1]])
            #expect(model.requests.count == 2)
            _ = try await runtime.send(RuntimeFixture.message("again"))
            #expect(try await fixture.rest(runtime).turns.count == 2)
            await runtime.stop()
        }
    }

    @Test("a server stops although the disk is full")
    func fullAtStop() throws {
        let world = DeterministicWorld(seed: 2)
        try world.run {
            let faulty = FaultyStore(MemoryStore())
            let fixture = RuntimeFixture(world, store: faulty)
            for append in 2...2_000 { faulty.add(.failing(append: append, .full)) }
            let runtime = fixture.start()
            _ = try await runtime.create(
                session: Self.session, RuntimeFixture.created(), input: [RuntimeFixture.message("hello")])
            try await world.clock.sleep(for: 10)
            let start = world.clock.now()
            await runtime.stop()
            #expect(world.clock.now() - start <= 2_000)
        }
    }

    @Test("a session whose commit failed is loaded anew and goes on")
    func failedCommit() throws {
        let world = DeterministicWorld(seed: 3)
        try world.run {
            let faulty = FaultyStore(MemoryStore(), faults: [.failing(append: 2, .failed)])
            let fixture = RuntimeFixture(world, store: faulty)
            let runtime = fixture.start()
            let keeper = Task(executorPreference: world.executor) { _ = try? await runtime.maintain() }
            _ = try await runtime.create(
                session: Self.session, RuntimeFixture.created(), input: [RuntimeFixture.message("hello")])
            let state = try await fixture.rest(runtime)
            #expect(state.turns.map(\.status) == [.completed])
            keeper.cancel()
            await keeper.value
            await runtime.stop()
        }
    }

    @Test("requests that no mailbox has room for are refused")
    func overload() throws {
        let world = DeterministicWorld(seed: 4)
        try world.run {
            var hooks = HookedStore.Hooks()
            hooks.beforeAppend = { _ in try? await world.clock.sleep(for: 1_000) }
            var fixture = RuntimeFixture(world, store: HookedStore(MemoryStore(), hooks))
            fixture.limits.mailbox = 4
            let runtime = fixture.start()
            _ = try await runtime.create(session: Self.session, RuntimeFixture.created(), input: [])
            let names = await withTaskGroup(of: String?.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        await errorName { () throws(SubmitError) in
                            _ = try await runtime.send(RuntimeFixture.message("\(number)"))
                        }
                    }
                }
                return await group.reduce(into: [:]) { $0[$1 ?? "accepted", default: 0] += 1 }
            }
            #expect(names.keys.sorted() == ["accepted", "overloaded"])
            let state = try await fixture.rest(runtime)
            let messages = state.items.count { if case .userMessage = $0.body { true } else { false } }
            #expect(messages == names["accepted"])
            await runtime.stop()
        }
    }

    @Test("many who wake one session get one session")
    func concurrentActivation() async throws {
        let store = MemoryStore()
        for round in 0..<20 {
            var dependencies = Runtime.Dependencies(
                store: HookedStore(store.reopened(), .init()), models: FakeModel(answers: [ModelAnswer(text: "ok")]),
                tools: FakeTools(), projection: PlainProjection(),
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
            dependencies.limits.mailbox = 100
            let runtime = Runtime(dependencies)
            if round == 0 {
                _ = try await runtime.create(session: Self.session, RuntimeFixture.created(), input: [])
                await runtime.stop()
                continue
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<24 {
                    group.addTask { @concurrent in
                        _ = try await runtime.send(RuntimeFixture.message("\(round).\(number)"))
                    }
                }
                try await group.waitForAll()
            }
            #expect(runtime.statistics.activations == 1)
            await runtime.stop()
        }
        let state = try #require(try await StateLoader(store: store).state(session: Self.session))
        #expect(state.items.count { if case .userMessage = $0.body { true } else { false } } == 19 * 24)
    }

    @Test("a recovery that meets a creation does not make two of one session", arguments: 0..<30 as Range<UInt64>)
    func creationDuringRecovery(seed: UInt64) throws {
        let world = DeterministicWorld(seed: seed)
        try world.run {
            var hooks = HookedStore.Hooks()
            hooks.afterAppend = { _, _ in try? await world.clock.sleep(for: 5) }
            let fixture = RuntimeFixture(world, store: HookedStore(MemoryStore(), hooks))
            let runtime = fixture.start()
            async let created = runtime.create(
                session: Self.session, RuntimeFixture.created(), input: [RuntimeFixture.message("hello")])
            try await world.clock.sleep(for: 2)
            try await runtime.recover()
            _ = try await created
            #expect(try await fixture.rest(runtime).turns.map(\.status) == [.completed])
            #expect(runtime.statistics.activations == 1)
            #expect(fixture.model.requests.count == 1)
            await runtime.stop()
        }
    }
}
