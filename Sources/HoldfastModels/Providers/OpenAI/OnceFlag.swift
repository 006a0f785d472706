import Synchronization

/// A flag that is raised once, however many tasks try.
final class OnceFlag: Sendable {
    private let isRaised = Atomic(false)

    /// Whether this call raised it.
    func raise() -> Bool { !isRaised.exchange(true, ordering: .relaxed) }
}
