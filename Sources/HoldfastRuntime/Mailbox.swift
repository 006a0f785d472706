import HoldfastCore
import HoldfastStore
import Synchronization

/// A message to a session's loop.
enum Envelope: Sendable {
    /// A command of a client, which waits for the reply.
    case request(SessionCommand, IdempotencyRecord?, Reply)
    /// A command that comes out of an effect; nobody waits.
    case result(SessionCommand)
    /// Output that an effect gathered since it was last looked at.
    case output(any OutputBuffer)

}

/// Where the outcome of a request goes. Called exactly once.
struct Reply: Sendable {
    private let body: @Sendable (Result<SessionState, SubmitError>) -> Void

    init(_ body: @escaping @Sendable (Result<SessionState, SubmitError>) -> Void) {
        self.body = body
    }

    func resume(returning result: Result<SessionState, SubmitError>) { body(result) }
}

/// Gathers what an effect puts out between two looks of the session's loop.
protocol OutputBuffer: Sendable {
    /// Takes what was gathered as a command; `nil` when there is nothing.
    func take() -> SessionCommand?
}

/// The queue in front of a session's loop: many writers, one reader that takes everything at once.
final class Mailbox: Sendable {
    private struct State {
        var queue: [Envelope] = []
        var waiter: CheckedContinuation<[Envelope]?, Never>?
        var isClosed = false
    }

    /// What became of a pushed envelope.
    enum Push {
        case accepted, full, closed
    }

    private let state = Mutex(State())
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    /// Queues an envelope. Only requests can find the mailbox full.
    func push(_ envelope: Envelope) -> Push {
        let (push, waiter): (Push, CheckedContinuation<[Envelope]?, Never>?) = state.withLock { state in
            if state.isClosed { return (.closed, nil) }
            if case .request = envelope, state.queue.count >= limit { return (.full, nil) }
            guard let waiter = state.waiter else {
                state.queue.append(envelope)
                return (.accepted, nil)
            }
            state.waiter = nil
            return (.accepted, waiter)
        }
        waiter?.resume(returning: [envelope])
        return push
    }

    /// Everything that is queued, as soon as there is something; `nil` once closed. One reader only.
    func next() async -> [Envelope]? {
        await withCheckedContinuation { continuation in
            let ready: [Envelope]?? = state.withLock { state in
                if !state.queue.isEmpty {
                    defer { state.queue = [] }
                    return .some(state.queue)
                }
                if state.isClosed { return .some(nil) }
                state.waiter = continuation
                return nil
            }
            if let ready { continuation.resume(returning: ready) }
        }
    }

    /// Whether nothing is taken any more.
    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// What is queued now, without waiting.
    func takeQueued() -> [Envelope] {
        state.withLock { state in
            defer { state.queue = [] }
            return state.queue
        }
    }

    /// Closes the mailbox if its reader waits and nothing is queued.
    func closeIfIdle() -> Bool {
        let waiter: CheckedContinuation<[Envelope]?, Never>? = state.withLock { state in
            guard !state.isClosed, state.queue.isEmpty, let waiter = state.waiter else { return nil }
            state.isClosed = true
            state.waiter = nil
            return waiter
        }
        waiter?.resume(returning: nil)
        return waiter != nil
    }

    /// Closes the mailbox; what is still queued is returned.
    func close() -> [Envelope] {
        let (rest, waiter): ([Envelope], CheckedContinuation<[Envelope]?, Never>?) = state.withLock { state in
            state.isClosed = true
            defer {
                state.queue = []
                state.waiter = nil
            }
            return (state.queue, state.waiter)
        }
        waiter?.resume(returning: nil)
        return rest
    }
}
