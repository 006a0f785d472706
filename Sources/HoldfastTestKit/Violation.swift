import HoldfastCore

/// An invariant that does not hold.
public struct Violation: Error, Sendable, Equatable, CustomStringConvertible {
    /// The invariant's name.
    public var invariant: String
    /// Where it was seen and what was found.
    public var details: String

    public init(_ invariant: String, _ details: String) {
        self.invariant = invariant
        self.details = details
    }

    public var description: String { "\(invariant): \(details)" }
}

/// Collects violations under the names of invariants.
public struct Violations: Sendable {
    /// What was found so far; only the first few are kept.
    public private(set) var found: [Violation] = []

    public init() {}

    /// Notes a violation unless the condition holds.
    public mutating func require(_ condition: Bool, _ invariant: String, _ details: @autoclosure () -> String) {
        if !condition, found.count < 20 { found.append(Violation(invariant, details())) }
    }

    /// Adds what somebody else found.
    public mutating func add(_ others: [Violation]) {
        found += others.prefix(max(0, 20 - found.count))
    }
}
