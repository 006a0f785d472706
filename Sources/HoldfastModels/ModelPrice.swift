public import HoldfastCore

/// What a model's tokens cost, in millionths of a US dollar for a million tokens.
public struct ModelPrice: Sendable, Equatable {
    /// Input that was not in the provider's prompt cache.
    public var input: Int64
    /// Input that the provider read from its prompt cache.
    public var cachedInput: Int64
    /// Output, reasoning included.
    public var output: Int64

    /// - Parameter cachedInput: the price of `input` when left out.
    public init(input: Int64, cachedInput: Int64? = nil, output: Int64) {
        self.input = input
        self.cachedInput = cachedInput ?? input
        self.output = output
    }

    /// The cost of one call in millionths of a US dollar. Rounds up, so that no call with a price is free.
    public func cost(of usage: TokenUsage) -> Int64 {
        // 128 bits: token counts come from outside and must not overflow.
        let fresh = Int128(max(0, usage.input - usage.cached)) * Int128(input)
        let total = fresh + Int128(usage.cached) * Int128(cachedInput) + Int128(usage.output) * Int128(output)
        return Int64(clamping: (total + 999_999) / 1_000_000)
    }
}

/// A provider that can say whether its answers carry a cost; without one a spend limit has nothing to count.
public protocol PricedProvider: ModelProvider {
    /// Whether `ModelAnswer.cost` is a real cost.
    var hasPrice: Bool { get }
}
