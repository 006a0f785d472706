public import HoldfastCore

/// Which provider serves a model name, or all names with a prefix.
public struct ModelRoute: Sendable {
    /// A model name, or a prefix of names ending in `*`.
    public var pattern: String
    public var provider: any ModelProvider
    /// The name that the provider knows; `nil` for the same name. A `*` at its end stands for what the pattern's `*`
    /// matched: pattern `local/*` with upstream `*` takes the prefix off.
    public var upstreamModel: String?
    /// The price of this route's calls; `nil` leaves the provider's own.
    public var price: ModelPrice?
    /// What the operator calls the provider; empty for an embedded model.
    public var providerName: String

    public init(
        _ pattern: String, provider: any ModelProvider, upstreamModel: String? = nil, price: ModelPrice? = nil,
        providerName: String = ""
    ) {
        self.pattern = pattern
        self.provider = provider
        self.upstreamModel = upstreamModel
        self.price = price
        self.providerName = providerName
    }

    var prefix: String? { pattern.hasSuffix("*") ? String(pattern.dropLast()) : nil }

    func upstreamName(for model: String) -> String {
        guard let upstreamModel else { return model }
        guard let prefix, upstreamModel.hasSuffix("*") else { return upstreamModel }
        return String(upstreamModel.dropLast()) + model.dropFirst(prefix.count)
    }
}
