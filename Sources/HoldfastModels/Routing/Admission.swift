public import HoldfastCore

/// How many requests may be under way, and how many a minute.
public struct AdmissionLimits: Sendable, Equatable {
    /// `nil` for any number.
    public var concurrency: Int?
    public var requestsPerMinute: Int?

    public init(concurrency: Int? = nil, requestsPerMinute: Int? = nil) {
        self.concurrency = concurrency
        self.requestsPerMinute = requestsPerMinute
    }
}

/// What is known of a target, or of a route as a whole, and whether it takes one more request. A plain value.
public struct Admission: Sendable {
    /// Why a request does not pass, and how long that holds, in milliseconds.
    public enum Refusal: Sendable, Equatable {
        /// A limit of this server's configuration.
        case limited(Milliseconds)
        /// The provider asked for a pause.
        case paused(Milliseconds)
        /// The provider is out of order.
        case broken(Milliseconds)

        var wait: Milliseconds {
            switch self {
            case .limited(let wait), .paused(let wait), .broken(let wait): wait
            }
        }
    }

    /// Nobody knows when one of the requests under way will end.
    private static let busyWait: Milliseconds = 1_000

    private let concurrency: Int
    private var bucket: TokenBucket?
    private var breaker: CircuitBreaker
    private var pausedUntil: Milliseconds = .min
    private var active = 0

    public init(limits: AdmissionLimits, breaker: CircuitBreaker, at now: Milliseconds) {
        concurrency = limits.concurrency ?? .max
        bucket = limits.requestsPerMinute.map { TokenBucket(perMinute: $0, at: now) }
        self.breaker = breaker
    }

    /// Whether requests pass as far as the provider is concerned.
    public func isOpen(at now: Milliseconds) -> Bool { breaker.isClosed && pausedUntil <= now }

    /// Lets a request pass, which must `leave` later; or says why not.
    public mutating func enter(at now: Milliseconds) -> Refusal? {
        if pausedUntil > now { return .paused(pausedUntil - now) }
        if let wait = breaker.wait(at: now) { return .broken(wait) }
        if active >= concurrency { return .limited(Self.busyWait) }
        if let wait = bucket?.wait(at: now) { return .limited(wait) }
        bucket?.take()
        breaker.enter()
        active += 1
        return nil
    }

    /// A request that had entered has ended.
    public mutating func leave() { active -= 1 }

    /// The target answered.
    public mutating func succeed() { breaker.succeed() }

    /// The target failed.
    /// - Parameter retryAfter: the pause that it asked for.
    public mutating func fail(_ failure: TargetFailure, at now: Milliseconds) {
        if let retryAfter = failure.retryAfter { pausedUntil = max(pausedUntil, now + retryAfter) }
        // Too many requests are no fault: the target is there.
        if failure.kind == .busy {
            breaker.succeed()
        } else {
            breaker.fail(at: now, isSilence: failure.kind == .silent)
        }
    }

    /// The request ended without telling anything about the target.
    public mutating func abandon(at now: Milliseconds) { breaker.abandon(at: now) }
}

/// A failure after which another target may be asked.
public struct TargetFailure: Sendable, Equatable {
    /// What kind of failure.
    public enum Kind: Sendable {
        /// Nothing came in time.
        case silent
        /// 429.
        case busy
        /// 408, 5xx, or a connection that failed at once.
        case broken
    }

    public var kind: Kind
    /// The pause that the target asked for.
    public var retryAfter: Milliseconds?

    public init(_ kind: Kind, retryAfter: Milliseconds? = nil) {
        self.kind = kind
        self.retryAfter = retryAfter
    }

    /// The failure that an HTTP status is; `nil` for an answer that another target would give too.
    public init?(status: Int, retryAfter: Milliseconds?) {
        switch status {
        case 429: self.init(.busy, retryAfter: retryAfter)
        case 408, 500...: self.init(.broken, retryAfter: retryAfter)
        default: return nil
        }
    }

    /// The failure that an error is; `nil` for one that another target would give too.
    public init?(_ error: ModelError) {
        switch error.code {
        case .timeout: self.init(.silent)
        case .rateLimit where error.isRetryable: self.init(.busy, retryAfter: error.retryAfter)
        case .connection, .server, .overloaded: self.init(.broken, retryAfter: error.retryAfter)
        default: return nil
        }
    }
}
