public import HoldfastCore

/// The sums over the records of one group.
public struct UsageSum: Sendable, Equatable {
    /// One value for each grouping of the query.
    public var values: [String]
    public var inferences = 0
    public var failed = 0
    public var cancelled = 0
    /// How many of the records have estimated tokens.
    public var estimated = 0
    public var attempts = 0
    public var tokens = TokenUsage()
    /// In millionths of a US dollar.
    public var cost: Int64 = 0
    /// The sum of the latencies.
    public var latency: Milliseconds = 0
    /// The sum of the times to the first token, and of how many records.
    public var firstToken: Milliseconds = 0
    public var firstTokens = 0

    public init(values: [String] = []) { self.values = values }

    /// Adds a record.
    public mutating func add(_ record: UsageRecord) {
        inferences += 1
        failed += record.outcome == .failed ? 1 : 0
        cancelled += record.outcome == .cancelled ? 1 : 0
        estimated += record.isEstimated ? 1 : 0
        attempts += record.attempts
        tokens += record.tokens
        cost += record.cost
        latency += record.latency
        if let first = record.firstToken {
            firstToken += first
            firstTokens += 1
        }
    }
}

extension UsageQuery {
    /// Sums up records, as a store of values does.
    func page(of records: [UsageRecord]) -> Page<UsageSum> {
        var sums: [[String]: UsageSum] = [:]
        for record in records where span.contains(record) {
            let values = groups.map { $0.value(of: record) }
            sums[values, default: UsageSum(values: values)].add(record)
        }
        let start = after.map(Self.bytes)
        let sorted = sums.values.map { (key: Self.bytes($0.values), sum: $0) }
            .filter { entry in start.map { Self.isLess($0, entry.key) } ?? true }
            .sorted { Self.isLess($0.key, $1.key) }
        return Page(entries: sorted.prefix(limit).map(\.sum), hasMore: sorted.count > limit)
    }

    private static func bytes(_ values: [String]) -> [[UInt8]] { values.map { Array($0.utf8) } }

    private static func isLess(_ left: [[UInt8]], _ right: [[UInt8]]) -> Bool {
        for (left, right) in zip(left, right) where left != right { return left.lexicographicallyPrecedes(right) }
        return false
    }
}
