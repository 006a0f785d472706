public import HoldfastCore
import HoldfastStore

/// Sums since the start, by what `/metrics` shows. Clients choose names of models, so the number of series is bounded;
/// what comes later is counted under `other`.
public struct UsageTotals: Sendable {
    /// One series.
    public struct Series: Sendable, Hashable {
        public var operation: String
        public var model: String
        public var target: String
        public var outcome: String
    }

    /// What one series counts.
    public struct Sum: Sendable, Equatable {
        public var inferences = 0
        public var tokens = TokenUsage()
        /// In millionths of a US dollar.
        public var cost: Int64 = 0
    }

    private let limit: Int
    public private(set) var series: [Series: Sum] = [:]

    init(limit: Int) { self.limit = limit }

    mutating func add(_ record: UsageRecord) {
        var key = Series(
            operation: record.operation.rawValue, model: record.model, target: record.target,
            outcome: record.outcome.rawValue)
        if series[key] == nil, series.count >= limit { (key.model, key.target) = ("other", "other") }
        series[key, default: Sum()].add(record)
    }
}

extension UsageTotals.Sum {
    fileprivate mutating func add(_ record: UsageRecord) {
        inferences += 1
        tokens += record.tokens
        cost += record.cost
    }
}
