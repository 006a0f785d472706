public import HoldfastCore
import Synchronization

/// A request's place at a target, or within a route's limits; given back when nobody holds it any more.
public final class TargetLease: Sendable {
    public let target: ModelTarget
    private let route: RouteLease?
    private let isSettled = Atomic(false)

    init(_ target: ModelTarget, _ route: RouteLease?) {
        self.target = target
        self.route = route
    }

    deinit {
        let isSettled = isSettled.load(ordering: .relaxed)
        target.update { admission, now in
            if !isSettled { admission.abandon(at: now) }
            admission.leave()
        }
    }

    func succeed() {
        isSettled.store(true, ordering: .relaxed)
        target.update { admission, _ in admission.succeed() }
    }

    /// A call failed. Returns what that says of the target; `nil` when nothing: the client left, or the request was at
    /// fault.
    /// - Parameter isLate: after its answer began. Silence then counts as any other failure: the target is there.
    @discardableResult
    public func settle(_ error: ModelError, isLate: Bool) -> TargetFailure? {
        guard !Task.isCancelled else { return nil }
        var failure = TargetFailure(error)
        if isLate, failure?.kind == .silent { failure?.kind = .broken }
        if let failure { fail(failure) } else { succeed() }
        return failure
    }

    func fail(_ failure: TargetFailure) {
        isSettled.store(true, ordering: .relaxed)
        target.update { $0.fail(failure, at: $1) }
    }
}

/// A request's place within a route's own limits.
final class RouteLease: Sendable {
    private let gate: RouteGate

    init(_ gate: RouteGate) { self.gate = gate }

    deinit { gate.leave() }
}

/// A route's own limits, over all its targets.
public final class RouteGate: Sendable {
    private let admission: Mutex<Admission>
    private let clock: MonotonicClock

    public init(_ limits: AdmissionLimits, clock: MonotonicClock = .system) {
        admission = Mutex(
            Admission(limits: limits, breaker: CircuitBreaker(threshold: .max, pause: 0), at: clock.now()))
        self.clock = clock
    }

    func enter() -> Admission.Refusal? { admission.withLock { $0.enter(at: clock.now()) } }

    func leave() { admission.withLock { $0.leave() } }
}
