public import HoldfastCore
import Synchronization

/// A provider and one of its models, as a route knows it.
public final class ModelTarget: Sendable {
    /// The provider's name and its name of the model, as response headers and usage records show it.
    public let name: String
    public let provider: any ModelProvider
    /// The provider's name of the model.
    public let model: String
    /// What the tokens cost; `nil` when the provider says so itself.
    public let price: ModelPrice?
    private let relay: (any InferenceRelay)?
    let weight: Int
    /// What all requests know of the target; `nil` for one that is the only choice and has no limits: whatever became
    /// of the last request, it is asked.
    private let admission: Mutex<Admission>?
    let clock: MonotonicClock

    /// A target of a named route.
    public init(
        provider name: String, _ provider: any ModelProvider, model: String, price: ModelPrice? = nil, weight: Int = 1,
        limits: AdmissionLimits = AdmissionLimits(), breaker: CircuitBreaker, clock: MonotonicClock = .system
    ) {
        self.name = "\(name)/\(model)"
        self.provider = provider
        relay = provider as? any InferenceRelay
        self.model = model
        self.price = price
        self.weight = weight
        self.clock = clock
        admission = Mutex(Admission(limits: limits, breaker: breaker, at: clock.now()))
    }

    /// The only choice.
    init(of route: ModelRoute, model: String) {
        name = route.providerName.isEmpty ? model : "\(route.providerName)/\(model)"
        provider = route.provider
        relay = route.provider as? any InferenceRelay
        self.model = model
        price = route.price
        weight = 1
        clock = .system
        admission = nil
    }

    /// The provider when it takes such requests as they are.
    public func relay(for operation: InferenceOperation) -> (any InferenceRelay)? {
        relay.flatMap { $0.operations.contains(operation) ? $0 : nil }
    }

    /// Calls the target's model, and adds what it costs.
    public func call(
        _ request: ModelRequest, emit: @escaping @Sendable (ModelPiece) -> Void
    ) async throws(ModelError) -> ModelAnswer {
        // Items that only their provider understands go to one that does.
        let takesItems = relay?.operations.contains(.responses) == true
        var forwarded = takesItems ? request : request.portable
        forwarded.model = model
        var answer = try await provider.call(forwarded, emit: emit)
        if let price { answer.cost = price.cost(of: answer.usage) }
        return answer
    }

    /// Whether answers carry a cost.
    public var hasPrice: Bool { price != nil || (provider as? any PricedProvider)?.hasPrice == true }

    /// Whether requests pass as far as the provider is concerned.
    public var isOpen: Bool { admission?.withLock { $0.isOpen(at: clock.now()) } ?? true }

    func enter() -> Admission.Refusal? { admission?.withLock { $0.enter(at: clock.now()) } }

    func update(_ body: (inout Admission, Milliseconds) -> Void) {
        admission?.withLock { body(&$0, clock.now()) }
    }
}

/// A clock that does not go back, for waits.
public struct MonotonicClock: Sendable {
    /// Milliseconds since some moment.
    public let now: @Sendable () -> Milliseconds

    public init(now: @escaping @Sendable () -> Milliseconds) { self.now = now }

    private static let start = ContinuousClock.now

    public static let system = MonotonicClock {
        let time = (ContinuousClock.now - start).components
        return time.seconds * 1_000 + time.attoseconds / 1_000_000_000_000_000
    }
}
