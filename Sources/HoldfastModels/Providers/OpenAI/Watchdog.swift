import HoldfastCore
import Synchronization

/// Ends work that shows no sign of life: a longer wait for the first sign, then a shorter one between signs.
///
/// One timer serves a whole phase: a sign of life only moves the deadline, which the timer reads when it wakes.
final class Watchdog: Sendable {
    /// How guarded work ended.
    enum Outcome<Value: Sendable>: Sendable {
        case finished(Value)
        /// Cancelled after this many milliseconds of silence.
        case expired(limit: Milliseconds, phase: String)
    }

    private struct State {
        var deadline: ContinuousClock.Instant
        var limit: Milliseconds
        var phase: String
        /// The running timer.
        var timer: Task<Void, Never>?

        /// A deadline before the one that the timer knows has to wake it.
        mutating func move(by limit: Milliseconds, phase: String) {
            let moved = ContinuousClock.now + .milliseconds(limit)
            if moved < deadline { timer?.cancel() }
            (deadline, self.limit, self.phase) = (moved, limit, phase)
        }
    }

    /// The time that a peer has to close a stream that is complete, so that its connection can be used again.
    private static let closingTime: Milliseconds = 250

    private let idle: Milliseconds
    private let state: Mutex<State>

    init(first: Milliseconds, idle: Milliseconds) {
        self.idle = idle
        state = Mutex(
            State(deadline: .now + .milliseconds(first), limit: first, phase: "waiting for the first byte"))
    }

    /// A sign of life.
    func touch() {
        state.withLock { $0.move(by: idle, phase: "in the middle of the answer") }
    }

    /// The answer is complete; only the end of the stream is missing.
    func finishSoon() {
        state.withLock { $0.move(by: Self.closingTime, phase: "after the answer") }
    }

    /// Runs work and cancels it when it stays silent for too long. Work that succeeds all the same has finished.
    func guarding<Success: Sendable, Failure: Error>(
        _ work: @escaping @Sendable () async -> Result<Success, Failure>
    ) async -> Outcome<Result<Success, Failure>> {
        await withTaskGroup(of: Result<Success, Failure>?.self) { group in
            group.addTask { await work() }
            group.addTask {
                await self.expire()
                return nil
            }
            var hasExpired = false
            for await result in group {
                group.cancelAll()
                if let result {
                    if hasExpired, case .failure = result { break }
                    return .finished(result)
                }
                hasExpired = !Task.isCancelled
            }
            return state.withLock { .expired(limit: $0.limit, phase: $0.phase) }
        }
    }

    /// Returns when the deadline has passed, or at once on cancellation.
    private func expire() async {
        while !Task.isCancelled, let timer = startTimer() {
            await withTaskCancellationHandler {
                await timer.value
            } onCancel: {
                timer.cancel()
            }
        }
    }

    /// A timer up to the deadline; `nil` when that has passed.
    private func startTimer() -> Task<Void, Never>? {
        state.withLock { state in
            let deadline = state.deadline
            guard deadline > .now else { return nil }
            let timer = Task<Void, Never> { try? await Task.sleep(until: deadline, clock: .continuous) }
            state.timer = timer
            return timer
        }
    }
}
