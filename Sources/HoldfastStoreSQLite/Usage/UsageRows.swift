import HoldfastCore
import HoldfastStore

/// How usage records stand in the database.
enum UsageRows {
    /// What `record(_:)` reads, in this order.
    static let columns = """
        n, at, project, key, request, operation, route, target, model, session, turn, seq, outcome, status, input, \
        cached, cache_write, output, reasoning, estimated, cost, latency, first_token, attempts
        """

    /// Adds records, in a transaction.
    static func insert(_ records: [UsageRecord], _ connection: Connection) throws(StoreError) {
        guard !records.isEmpty else { return }
        let insert = try connection.statement(
            """
            INSERT INTO usage (\(columns))
            VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        for record in records {
            try insert.run(
                record.at, record.project, record.key, record.request, record.operation.rawValue, record.route,
                record.target, record.model, record.session, record.turn, record.seq, record.outcome.rawValue,
                record.status, record.tokens.input, record.tokens.cached, record.tokens.cacheWrite,
                record.tokens.output, record.tokens.reasoning, record.isEstimated, record.cost, record.latency,
                record.firstToken, record.attempts)
        }
    }

    static func record(_ row: SQLStatement) throws(StoreError) -> UsageRecord {
        guard let operation = UsageRecord.Operation(rawValue: row.text(5)),
            let outcome = UsageRecord.Outcome(rawValue: row.text(12))
        else { throw StoreError(.corrupt, "a usage record is not what this program writes") }
        var record = UsageRecord(at: row.integer(1), project: row.text(2), operation: operation, model: row.text(8))
        record.number = row.integer(0)
        record.key = row.text(3)
        record.request = row.optionalText(4)
        record.route = row.text(6)
        record.target = row.text(7)
        record.session = row.optionalText(9)
        record.turn = row.optionalText(10)
        record.seq = row.isNull(11) ? nil : row.integer(11)
        record.outcome = outcome
        record.status = Int(row.integer(13))
        record.tokens = tokens(row, from: 14)
        record.isEstimated = row.integer(19) != 0
        record.cost = row.integer(20)
        record.latency = row.integer(21)
        record.firstToken = row.isNull(22) ? nil : row.integer(22)
        record.attempts = Int(row.integer(23))
        return record
    }

    /// Five columns of tokens.
    static func tokens(_ row: SQLStatement, from column: Int32) -> TokenUsage {
        func count(_ offset: Int32) -> Int { Int(row.integer(column + offset)) }
        return TokenUsage(
            input: count(0), cached: count(1), cacheWrite: count(2), output: count(3), reasoning: count(4))
    }
}

extension UsageGrouping {
    /// The value of a row, as `value(of:)` says it.
    var expression: String {
        switch self {
        case .day: "CAST(at / 86400000 * 86400 AS TEXT)"
        case .hour: "CAST(at / 3600000 * 3600 AS TEXT)"
        case .session: "coalesce(session, '')"
        case .project, .key, .route, .target, .model, .operation, .outcome: rawValue
        }
    }
}
