public import HoldfastCore

/// The way of one request along the targets of its route.
public struct RouteWalk: Sendable {
    /// What came of asking one target.
    public enum Outcome<Value: Sendable>: Sendable {
        case answered(Value)
        /// An answer that says that the target cannot serve the request now.
        case refused(Value, TargetFailure)
        case failed(ModelError)
        /// It failed after somebody has seen a part of its answer: nobody else is asked.
        case brokenOff(ModelError)
    }

    /// A target's answer.
    public struct Answer<Value: Sendable>: Sendable {
        public let value: Value
        /// Hold it until the answer has ended: it is the request's place at the target.
        public let lease: TargetLease
    }

    /// No target answered.
    public struct Failure: Error, Sendable {
        public var error: ModelError
        /// Who was asked last; `nil` when nobody was.
        public var target: ModelTarget?
    }

    public let route: RoutedModel
    /// How many targets were asked so far.
    public private(set) var attempts = 0
    /// Who was asked last.
    public private(set) var target: ModelTarget?
    private var rest: [ModelTarget]
    private var lease: RouteLease?

    public init(_ route: RoutedModel) {
        self.route = route
        rest = route.shuffled().reversed()
    }

    /// Whether there are targets that were not asked yet.
    public var hasMore: Bool { !rest.isEmpty }

    /// Asks one target after the other until one answers.
    ///
    /// When none does, the outcome is the one that says the most: an answer of a target before an error, a later one
    /// before an earlier one, each with the shortest wait that any target asked for.
    public mutating func run<Value: Sendable>(
        _ ask: (ModelTarget) async -> Outcome<Value>,
        waiting: (inout Value, Milliseconds) -> Void = { _, _ in }
    ) async throws(Failure) -> Answer<Value> {
        try enter()
        var refusal: (value: Value, lease: TargetLease)?
        var failure: (error: ModelError, target: ModelTarget)?
        var skipped: [Admission.Refusal] = []
        var waits: [Milliseconds] = []
        while let next = rest.popLast() {
            if let refusal = next.enter() {
                skipped.append(refusal)
                continue
            }
            let held = TargetLease(next, lease)
            attempts += 1
            target = next
            switch await ask(next) {
            case .answered(let value):
                held.succeed()
                return Answer(value: value, lease: held)
            case .refused(let value, let reason):
                held.fail(reason)
                if let wait = reason.retryAfter { waits.append(wait) }
                refusal = (value, held)
            case .brokenOff(let error):
                held.settle(error, isLate: true)
                throw Failure(error: error, target: next)
            case .failed(let error):
                guard let reason = held.settle(error, isLate: false) else { throw Failure(error: error, target: next) }
                if let wait = reason.retryAfter { waits.append(wait) }
                failure = (error, next)
            }
        }
        let wait = (waits + skipped.map(\.wait)).min()
        if var last = refusal {
            if let wait { waiting(&last.value, wait) }
            return Answer(value: last.value, lease: last.lease)
        }
        if var last = failure {
            last.error.retryAfter = wait
            throw Failure(error: last.error, target: last.target)
        }
        throw Failure(error: unavailable(skipped), target: nil)
    }

    /// Takes a place within the route's own limits, once.
    private mutating func enter() throws(Failure) {
        guard let gate = route.gate, lease == nil else { return }
        if let refusal = gate.enter() { throw Failure(error: unavailable([refusal]), target: nil) }
        lease = RouteLease(gate)
    }

    private func unavailable(_ refusals: [Admission.Refusal]) -> ModelError {
        let soonest = refusals.min { $0.wait < $1.wait } ?? .broken(0)
        switch soonest {
        case .limited(let wait):
            return ModelError(
                .rateLimit, "the route '\(route.name)' has as many requests as it may have", isRetryable: true,
                retryAfter: wait)
        case .paused(let wait):
            return ModelError(
                .rateLimit, "the providers of the route '\(route.name)' asked for a pause", isRetryable: true,
                retryAfter: wait)
        case .broken(let wait):
            return ModelError(
                .overloaded, "the providers of the route '\(route.name)' are out of order", isRetryable: true,
                retryAfter: wait)
        }
    }
}
