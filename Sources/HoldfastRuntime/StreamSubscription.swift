import HoldfastCore
import Synchronization

/// What one follower of a session has not read yet. Bounded: a reader that falls behind loses the buffer, not events,
/// for those stand in the journal.
final class StreamSubscription: Sendable {
    /// What a reader finds when it looks.
    enum Signal: Sendable {
        /// Frames of the events `from...through`.
        case frames([StreamFrame], from: Int64, through: Int64)
        /// Events up to this one were committed; read them from the journal.
        case behind(through: Int64)
        case keepAlive
        case ended
    }

    private struct State {
        var frames: [StreamFrame] = []
        var bytes = 0
        var first: Int64 = 0
        var last: Int64 = 0
        var isBehind = false
        var isEnded = false
        var isKeepAliveDue = false
        var waiter: CheckedContinuation<Signal, Never>?
    }

    let session: String
    let project: String
    let owner: String
    let dialect: StreamDialect
    private let limit: Int
    private let state = Mutex(State())

    init(session: String, project: String, owner: String, dialect: StreamDialect, limit: Int) {
        self.session = session
        self.project = project
        self.owner = owner
        self.dialect = dialect
        self.limit = limit
    }

    func receive(from first: Int64, through last: Int64, frames: [StreamFrame]?) {
        change { state in
            if state.last == 0 { state.first = first }
            state.last = last
            if let frames, !state.isBehind {
                // Nearly always nothing waits, and the batch is taken as it is.
                if state.frames.isEmpty { state.frames = frames } else { state.frames += frames }
                state.bytes += frames.reduce(0) { $0 + $1.openData.count }
            } else {
                state.isBehind = true
            }
            if state.bytes > limit { state.isBehind = true }
            if state.isBehind {
                state.frames = []
                state.bytes = 0
            }
        }
    }

    func keepAlive() { change { $0.isKeepAliveDue = true } }
    func end() { change { $0.isEnded = true } }

    /// Waits for the next signal. One reader only.
    func next() async -> Signal {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let ready: Signal? = state.withLock { state in
                    if let signal = Self.take(&state) { return signal }
                    state.waiter = continuation
                    return nil
                }
                if let ready { continuation.resume(returning: ready) }
            }
        } onCancel: {
            end()
        }
    }

    private func change(_ body: (inout State) -> Void) {
        let wake: (CheckedContinuation<Signal, Never>, Signal)? = state.withLock { state in
            body(&state)
            guard let waiter = state.waiter, let signal = Self.take(&state) else { return nil }
            state.waiter = nil
            return (waiter, signal)
        }
        if let (waiter, signal) = wake { waiter.resume(returning: signal) }
    }

    private static func take(_ state: inout State) -> Signal? {
        if state.last > 0 {
            defer {
                state.frames = []
                state.bytes = 0
                state.first = 0
                state.last = 0
                state.isBehind = false
                state.isKeepAliveDue = false
            }
            return state.isBehind
                ? .behind(through: state.last) : .frames(state.frames, from: state.first, through: state.last)
        }
        if state.isEnded { return .ended }
        if state.isKeepAliveDue {
            state.isKeepAliveDue = false
            return .keepAlive
        }
        return nil
    }
}
