public import HoldfastStore

extension SQLiteStore {
    public func record(_ usage: [UsageRecord]) async throws(StoreError) {
        guard !usage.isEmpty else { return }
        try await write { (connection) throws(StoreError) in try UsageRows.insert(usage, connection) }
    }

    public func usage(_ query: UsageQuery) async throws(StoreError) -> Page<UsageSum> {
        try await readers.run { (connection) throws(StoreError) in
            let select = try connection.uncachedStatement(Self.sql(query))
            var index = Self.bind(query.span, to: select)
            for value in query.after ?? [] {
                index += 1
                select.bind(value, at: index)
            }
            select.bind(query.limit + 1, at: index + 1)
            defer { select.reset() }
            var sums: [UsageSum] = []
            while try select.step() { sums.append(Self.sum(select, groups: query.groups.count)) }
            return Page(entries: Array(sums.prefix(query.limit)), hasMore: sums.count > query.limit)
        }
    }

    public func usageRecords(
        _ span: UsageSpan, after number: Int64?, limit: Int
    ) async throws(StoreError) -> Page<UsageRecord> {
        try await readers.run { (connection) throws(StoreError) in
            let after = number == nil ? "" : "AND (at, n) < (SELECT at, n FROM usage WHERE n = ?)"
            let select = try connection.uncachedStatement(
                """
                SELECT \(UsageRows.columns) FROM usage WHERE \(Self.condition(span)) \(after)
                ORDER BY at DESC, n DESC LIMIT ?
                """)
            var index = Self.bind(span, to: select)
            if let number {
                index += 1
                select.bind(number, at: index)
            }
            select.bind(limit + 1, at: index + 1)
            defer { select.reset() }
            var records: [UsageRecord] = []
            while try select.step() { records.append(try UsageRows.record(select)) }
            return Page(entries: Array(records.prefix(limit)), hasMore: records.count > limit)
        }
    }

    private static func sql(_ query: UsageQuery) -> String {
        let groups = query.groups.map(\.expression)
        let places = groups.indices.map { "\($0 + 1)" }.joined(separator: ", ")
        let list = groups.joined(separator: ", ")
        let marks = groups.map { _ in "?" }.joined(separator: ", ")
        let after = query.after == nil || groups.isEmpty ? "" : "AND (\(list)) > (\(marks))"
        return """
            SELECT \(list)\(groups.isEmpty ? "" : ", ") count(*), sum(outcome = 'failed'), sum(outcome = 'cancelled'),
                sum(estimated), sum(attempts), sum(input), sum(cached), sum(cache_write), sum(output), sum(reasoning),
                sum(cost), sum(latency), coalesce(sum(first_token), 0), count(first_token)
            FROM usage WHERE \(condition(query.span)) \(after)
            \(groups.isEmpty ? "HAVING count(*) > 0" : "GROUP BY \(places) ORDER BY \(places)") LIMIT ?
            """
    }

    private static func condition(_ span: UsageSpan) -> String {
        "at >= ? AND at < ?" + (span.project == nil ? "" : " AND project = ?")
    }

    /// Binds the parameters of `condition`; returns how many.
    private static func bind(_ span: UsageSpan, to statement: SQLStatement) -> Int {
        statement.bind(span.start, at: 1)
        statement.bind(span.end, at: 2)
        guard let project = span.project else { return 2 }
        statement.bind(project, at: 3)
        return 3
    }

    private static func sum(_ row: SQLStatement, groups: Int) -> UsageSum {
        var sum = UsageSum(values: (0..<groups).map { row.text(Int32($0)) })
        let first = Int32(groups)
        func count(_ offset: Int32) -> Int { Int(row.integer(first + offset)) }
        sum.inferences = count(0)
        sum.failed = count(1)
        sum.cancelled = count(2)
        sum.estimated = count(3)
        sum.attempts = count(4)
        sum.tokens = UsageRows.tokens(row, from: first + 5)
        sum.cost = row.integer(first + 10)
        sum.latency = row.integer(first + 11)
        sum.firstToken = row.integer(first + 12)
        sum.firstTokens = count(13)
        return sum
    }
}
