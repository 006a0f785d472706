extension ModelProviderSettings {
    /// What is true of one model name, or of all names with a prefix.
    public struct Route: Sendable, Equatable {
        /// A name, or a prefix that ends with `*`.
        public var pattern: String
        /// The provider's own name; with a `*` at its end it takes what the pattern's `*` matched. `nil` when the same.
        public var upstreamModel: String?
        public var price: Price?
    }

    /// One route for everything in `models`, `upstream` and `prices`, so that no setting is lost. A name is served when
    /// any of them knows it by `models` or `upstream`; a price alone serves nothing.
    public var routes: [Route] {
        let served = models + upstream.keys.sorted()
        let priced = prices.keys.sorted().filter { pattern in served.contains { Self.fit($0, pattern) != nil } }
        var seen: Set<String> = []
        return (served + priced).filter { seen.insert($0).inserted }.map {
            Route(pattern: $0, upstreamModel: upstreamModel(of: $0), price: price(of: $0))
        }
    }

    /// The price of a name or of a narrower pattern, `nil` when none is set.
    public func price(of name: String) -> Price? { Self.best(prices, for: name)?.value }

    /// How well a pattern fits a name or a narrower pattern: the length of what matched, `nil` when it does not fit.
    static func fit(_ pattern: String, _ name: String) -> Int? {
        if pattern == name { return Int.max }
        guard pattern.hasSuffix("*"), name.hasPrefix(pattern.dropLast()) else { return nil }
        return pattern.utf8.count - 1
    }

    private static func best<Value>(_ map: [String: Value], for name: String) -> (pattern: String, value: Value)? {
        let fitting = map.compactMap { pattern, value in fit(pattern, name).map { (fit: $0, pattern, value) } }
        return fitting.max { $0.fit < $1.fit }.map { ($0.1, $0.2) }
    }

    private func upstreamModel(of pattern: String) -> String? {
        guard let (known, name) = Self.best(upstream, for: pattern) else { return nil }
        guard known != pattern, known.hasSuffix("*"), name.hasSuffix("*") else { return name }
        return String(name.dropLast()) + pattern.dropFirst(known.count - 1)
    }
}
