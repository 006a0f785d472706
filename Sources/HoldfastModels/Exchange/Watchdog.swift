import HoldfastCore
import NIOCore
import Synchronization

/// Ends work that shows no sign of life: a longer wait for the first sign, then a shorter one between signs.
///
/// One timer of an event loop serves a whole phase: a sign of life only moves the deadline, which the timer reads when
/// it fires.
final class Watchdog: Sendable {
    /// How guarded work ended.
    enum Outcome<Value: Sendable>: Sendable {
        case finished(Value)
        /// Cancelled after this many milliseconds of silence.
        case expired(limit: Milliseconds, phase: String)
    }

    private struct State {
        var deadline: NIODeadline
        var limit: Milliseconds
        var phase: String
        /// Ends the work; `nil` while nothing is guarded.
        var cancel: (@Sendable () -> Void)?
        var timer: Scheduled<Void>?
        /// When the timer fires.
        var timerDeadline = NIODeadline.distantFuture
        var hasExpired = false
    }

    /// The time that a peer has to close a stream that is complete, so that its connection can be used again.
    private static let closingTime: Milliseconds = 250

    private let idle: Milliseconds
    private let eventLoop: any EventLoop
    private let state: Mutex<State>

    init(first: Milliseconds, idle: Milliseconds, on eventLoop: any EventLoop) {
        self.idle = idle
        self.eventLoop = eventLoop
        state = Mutex(
            State(deadline: .now() + .milliseconds(first), limit: first, phase: "waiting for the first byte"))
    }

    /// A sign of life.
    func touch() { move(by: idle, phase: "in the middle of the answer") }

    /// The answer is complete; only the end of the stream is missing.
    func finishSoon() { move(by: Self.closingTime, phase: "after the answer") }

    /// Runs work and cancels it when it stays silent for too long. Work that succeeds all the same has finished.
    func guarding<Success: Sendable, Failure: Error>(
        _ work: @escaping @Sendable () async -> Result<Success, Failure>
    ) async -> Outcome<Result<Success, Failure>> {
        let task = Task { await work() }
        state.withLock { state in
            state.cancel = { task.cancel() }
            startTimer(&state)
        }
        let result = await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
        return state.withLock { state in
            state.timer?.cancel()
            state.timer = nil
            state.cancel = nil
            guard state.hasExpired, case .failure = result else { return .finished(result) }
            return .expired(limit: state.limit, phase: state.phase)
        }
    }

    private func move(by limit: Milliseconds, phase: String) {
        state.withLock { state in
            guard !state.hasExpired else { return }
            (state.deadline, state.limit, state.phase) = (.now() + .milliseconds(limit), limit, phase)
            // A deadline before the one that the timer knows needs another timer.
            if state.cancel != nil, state.deadline < state.timerDeadline { startTimer(&state) }
        }
    }

    private func startTimer(_ state: inout State) {
        state.timer?.cancel()
        state.timerDeadline = state.deadline
        state.timer = eventLoop.scheduleTask(deadline: state.deadline) { [weak self] in self?.check() }
    }

    private func check() {
        let cancel = state.withLock { state -> (@Sendable () -> Void)? in
            guard let cancel = state.cancel else { return nil }
            guard state.deadline <= .now() else {
                startTimer(&state)
                return nil
            }
            state.hasExpired = true
            return cancel
        }
        cancel?()
    }
}
