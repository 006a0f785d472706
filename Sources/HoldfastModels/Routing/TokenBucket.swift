public import HoldfastCore

/// A rate limit: so many requests a minute, all at once or spread.
public struct TokenBucket: Sendable, Equatable {
    private static let minute: Milliseconds = 60_000

    private let perMinute: Int
    /// What is left, in requests times a minute's milliseconds, so that nothing is rounded.
    private var level: Int64
    private var filledAt: Milliseconds

    public init(perMinute: Int, at now: Milliseconds) {
        self.perMinute = max(1, perMinute)
        level = Int64(max(1, perMinute)) * Self.minute
        filledAt = now
    }

    /// How long a request must wait; `nil` when one may pass now.
    public mutating func wait(at now: Milliseconds) -> Milliseconds? {
        let passed = min(Self.minute, max(0, now - filledAt))
        level = min(Int64(perMinute) * Self.minute, level + passed * Int64(perMinute))
        filledAt = max(filledAt, now)
        guard level < Self.minute else { return nil }
        return (Self.minute - level + Int64(perMinute) - 1) / Int64(perMinute)
    }

    /// A request passes; only after `wait(at:)` has allowed it.
    public mutating func take() { level -= Self.minute }
}
