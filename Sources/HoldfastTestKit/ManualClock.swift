public import HoldfastCore
public import HoldfastRuntime
import Synchronization

/// Time that stands still until somebody moves it.
public final class ManualClock: RuntimeClock {
    private struct Sleeper {
        var deadline: Milliseconds
        var number: Int
        var continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now: Milliseconds
        var count = 0
        var sleepers: [Sleeper] = []
        var cancelled: Set<Int> = []
    }

    private let state: Mutex<State>

    public init(now: Milliseconds = 1_700_000_000_000) {
        state = Mutex(State(now: now))
    }

    public func now() -> Milliseconds { state.withLock { $0.now } }

    public func sleep(until deadline: Milliseconds) async throws {
        let number = state.withLock { state in
            state.count += 1
            return state.count
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let result: Result<Void, any Error>? = state.withLock { state in
                    if state.cancelled.remove(number) != nil { return .failure(CancellationError()) }
                    if deadline <= state.now { return .success(()) }
                    state.sleepers.append(Sleeper(deadline: deadline, number: number, continuation: continuation))
                    return nil
                }
                if let result { continuation.resume(with: result) }
            }
        } onCancel: {
            cancel(number)
        }
    }

    /// Suspends for a while.
    public func sleep(for wait: Int) async throws { try await sleep(until: now() + Milliseconds(wait)) }

    /// How many wait for a later time.
    public var sleeperCount: Int { state.withLock { $0.sleepers.count } }

    /// Moves to the next deadline and wakes those who wait for it; `false` when nobody waits.
    public func advanceToNextDeadline() -> Bool {
        guard let next = state.withLock({ $0.sleepers.map(\.deadline).min() }) else { return false }
        advance(to: next)
        return true
    }

    /// Moves to a time and wakes everybody whose deadline has come, the earliest first.
    public func advance(to time: Milliseconds) {
        let woken = state.withLock { state in
            state.now = max(state.now, time)
            let due = state.sleepers.filter { $0.deadline <= state.now }
            state.sleepers.removeAll { $0.deadline <= state.now }
            return due.sorted { ($0.deadline, $0.number) < ($1.deadline, $1.number) }
        }
        for sleeper in woken { sleeper.continuation.resume() }
    }

    private func cancel(_ number: Int) {
        let sleeper: Sleeper? = state.withLock { state in
            guard let index = state.sleepers.firstIndex(where: { $0.number == number }) else {
                state.cancelled.insert(number)
                return nil
            }
            return state.sleepers.remove(at: index)
        }
        sleeper?.continuation.resume(throwing: CancellationError())
    }
}
