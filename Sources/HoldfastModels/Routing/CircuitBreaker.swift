public import HoldfastCore

/// Decides whether a target that fails is asked again: not at all for a while, then with a single request.
///
/// A plain value; times are those of any clock that does not go back.
public struct CircuitBreaker: Sendable, Equatable {
    private enum State: Sendable, Equatable {
        case closed(failures: Int)
        case open(until: Milliseconds)
        /// One request finds out whether the target is back.
        case halfOpen
    }

    /// The pause grows up to this many times the first one.
    private static let longest: Milliseconds = 8

    private let threshold: Int
    private let pause: Milliseconds
    private var state = State.closed(failures: 0)
    private var factor: Milliseconds = 1

    /// - Parameters:
    ///   - threshold: the failures in a row that open it.
    ///   - pause: how long it stays open the first time.
    public init(threshold: Int, pause: Milliseconds) {
        self.threshold = threshold
        self.pause = pause
    }

    /// Whether requests pass freely.
    public var isClosed: Bool { if case .closed = state { true } else { false } }

    /// How long a request must wait; `nil` when one may pass now.
    public func wait(at now: Milliseconds) -> Milliseconds? {
        switch state {
        case .closed: nil
        case .open(let until): until > now ? until - now : nil
        case .halfOpen: min(pause, 1_000)
        }
    }

    /// A request passes; only after `wait(at:)` has allowed it.
    public mutating func enter() {
        if case .open = state { state = .halfOpen }
    }

    /// A request was answered.
    public mutating func succeed() {
        state = .closed(failures: 0)
        factor = 1
    }

    /// A request failed.
    /// - Parameter isSilence: the target could not be reached or said nothing in time. Each such request costs somebody
    ///   the whole wait, so one is enough.
    public mutating func fail(at now: Milliseconds, isSilence: Bool) {
        switch state {
        case .closed(let failures):
            guard isSilence || failures + 1 >= threshold else {
                state = .closed(failures: failures + 1)
                return
            }
            state = .open(until: now + pause)
        case .halfOpen:
            factor = min(Self.longest, 2 * factor)
            state = .open(until: now + factor * pause)
        // A request that had passed before the breaker opened.
        case .open: break
        }
    }

    /// A request ended without telling anything about the target: its client left. The next one tries.
    public mutating func abandon(at now: Milliseconds) {
        if state == .halfOpen { state = .open(until: now) }
    }
}
