import HoldfastCore
import HoldfastRuntime
import HoldfastStore
import HoldfastTestKit
import Testing

/// What becomes of model calls that are under way when a spend limit is reached.
@Suite("Budgets")
struct BudgetTests {
    private static let session = RuntimeFixture.session
    private static let limit = SessionCommand.update(SessionUpdated(spendLimit: .cents(1)))

    private typealias Answer =
        @Sendable (ManualClock, _ emit: @Sendable (ModelPiece) -> Void) async throws(ModelError) -> ModelAnswer

    /// A session that has spent two cents, whose next model call is answered by `answer`; it has just been asked.
    private func afterTwoCents(
        _ answer: @escaping Answer,
        _ body: @escaping @Sendable (RuntimeFixture, Runtime, MemoryStore) async throws -> Void
    ) throws {
        let world = DeterministicWorld(seed: 11)
        try world.run {
            let store = MemoryStore()
            let model = FakeModel { _, number, emit async throws(ModelError) in
                if number == 1 { return ModelAnswer(text: "costs", cost: 20_000) }
                return try await answer(world.clock, emit)
            }
            let fixture = RuntimeFixture(world, store: store, model: model)
            let runtime = fixture.start()
            _ = try await runtime.create(session: Self.session, RuntimeFixture.created(), input: [])
            _ = try await runtime.send(RuntimeFixture.message("one"))
            _ = try await fixture.rest(runtime)
            _ = try await runtime.send(RuntimeFixture.message("two"))
            try await world.clock.sleep(for: 100)
            let state = try await runtime.submit(Self.limit, to: Self.session, project: "p")
            #expect(state.status == .budgetReached && model.requests.count == 2)
            try await body(fixture, runtime, store)
        }
    }

    @Sendable private static func slow(
        _ clock: ManualClock, _ emit: @Sendable (ModelPiece) -> Void
    ) async throws(ModelError) -> ModelAnswer {
        emit(.text("la"))
        do { try await clock.sleep(for: 60_000) } catch {
            throw ModelError(.connection, "cancelled", isRetryable: false)
        }
        return ModelAnswer(text: "late", cost: 1_000)
    }

    @Test("a call that is under way ends, and keeps the session awake until then")
    func underWay() throws {
        try afterTwoCents(Self.slow) { fixture, runtime, _ in
            await fixture.maintain(runtime, for: 40_000)
            #expect(runtime.liveSessionCount == 1)
            let end = try await fixture.rest(runtime)
            #expect(end.turns.last?.status == .completed && end.spent == 21_000)
            await fixture.maintain(runtime, for: 40_000)
            #expect(runtime.liveSessionCount == 0)
            await runtime.stop()
        }
    }

    @Test("an attempt that still waits for its time does not begin above the limit")
    func waiting() throws {
        try afterTwoCents { _, _ async throws(ModelError) in
            throw ModelError(.overloaded, "later", isRetryable: true, retryAfter: 5_000)
        } _: { fixture, runtime, _ in
            try await fixture.world.clock.sleep(for: 30_000)
            #expect(fixture.model.requests.count == 2)
            await runtime.stop()
        }
    }

    @Test("what a call had shown is closed by the next process, though nothing is to be done")
    func shown() throws {
        try afterTwoCents(Self.slow) { fixture, runtime, store in
            #expect(store.sessionsWithOpenWork(after: nil, limit: 9) == [Self.session])
            await runtime.stop()
            var next = fixture
            next.store = store.reopened()
            let second = next.start()
            try await second.recover()
            try await fixture.world.clock.sleep(for: 1_000)
            let state = try #require(try await second.state(of: Self.session, project: "p"))
            #expect(state.items.last?.status == .incomplete && state.status == .budgetReached)
            #expect(try await next.store.sessionsWithOpenWork(after: nil, limit: 9).isEmpty)
            await second.stop()
        }
    }
}
