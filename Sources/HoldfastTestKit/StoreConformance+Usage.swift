import HoldfastCore
import HoldfastStore

extension StoreConformance {
    /// Numbers that tell where a sum came from.
    private static func record(
        _ index: Int, project: String = "p1", model: String = "m", outcome: UsageRecord.Outcome = .completed
    ) -> UsageRecord {
        var record = UsageRecord(
            at: 86_400_000 * Milliseconds(index), project: project,
            operation: index.isMultiple(of: 2) ? .chat : .embeddings,
            model: model)
        record.key = "key"
        record.request = "req_\(index)"
        record.route = "route é"
        record.target = "provider/\(model)"
        record.outcome = outcome
        record.status = outcome == .completed ? 200 : 502
        record.tokens = TokenUsage(
            input: 1 << index, cached: index, cacheWrite: 1, output: 10 * index, reasoning: index)
        record.isEstimated = index == 2
        record.cost = Int64(100 * index)
        record.latency = Milliseconds(7 * index)
        record.firstToken = index == 1 ? nil : Milliseconds(index)
        record.attempts = 1 + index % 2
        return record
    }

    private static func span(_ project: String? = "p1", days: Range<Int64> = 0..<1_000) -> UsageSpan {
        UsageSpan(project: project, start: days.lowerBound * 86_400_000, end: days.upperBound * 86_400_000)
    }

    private static func numbered(_ records: [UsageRecord]) -> [UsageRecord] {
        records.enumerated().map { index, record in
            var record = record
            record.number = Int64(index) + 1
            return record
        }
    }

    static let usage: [Check] = [
        Check("usage records are read back, newest first and in pages") { probe in
            let records = [record(1), record(2, outcome: .failed), record(3, project: "p2"), record(4)]
            try await probe.store.record(Array(records.prefix(2)))
            try await probe.store.record(Array(records.suffix(2)))
            try await probe.store.record([])
            let known = numbered(records)
            func page(_ span: UsageSpan, _ after: Int64?, _ limit: Int) async throws -> Page<UsageRecord> {
                try await probe.store.usageRecords(span, after: after, limit: limit)
            }
            let first = try await page(span(), nil, 2)
            try expect(first.entries, is: [known[3], known[1]], "the first page")
            try expect(first.hasMore, is: true, "there is more")
            let second = try await page(span(), known[1].number, 2)
            try expect(second.entries, is: [known[0]], "the second page")
            try expect(second.hasMore, is: false, "there is no more")
            try expect(try await page(span(nil), nil, 10).entries.count, is: 4, "all projects")
            try expect(try await page(span("p3"), nil, 10).entries, is: [], "another project")
            try expect(try await page(span(days: 2..<4), nil, 10).entries, is: [known[1]], "a time")
        },
        Check("usage is summed up by groups, in the order of their values") { probe in
            let records = [
                record(1, model: "b"), record(2, model: "a", outcome: .failed),
                record(3, model: "b", outcome: .cancelled),
                record(4, project: "p2", model: "a"), record(5, model: "ä"),
            ]
            try await probe.store.record(records)
            for groups in [
                [], [.model], [.day], [.project, .operation], [.hour, .outcome], [.session, .key, .route, .target],
            ]
                as [[UsageGrouping]]
            {
                for project in ["p1", "p2", "p3", nil] {
                    let query = UsageQuery(span(project), groups: groups)
                    var sums: [[String]: UsageSum] = [:]
                    for record in records where project == nil || record.project == project {
                        let values = groups.map { $0.value(of: record) }
                        sums[values, default: UsageSum(values: values)].add(record)
                    }
                    let found = try await probe.store.usage(query)
                    try expect(found.entries.count, is: sums.count, "sums by \(groups)")
                    for sum in found.entries { try expect(sum, is: sums[sum.values] ?? UsageSum(), "by \(groups)") }
                }
            }
            var query = UsageQuery(span(nil), groups: [.model], limit: 2)
            let first = try await probe.store.usage(query)
            try expect(first.entries.map(\.values), is: [["a"], ["b"]], "the first page")
            try expect(first.hasMore, is: true, "there is more")
            query.after = ["b"]
            let second = try await probe.store.usage(query)
            try expect(second.entries.map(\.values), is: [["ä"]], "the second page")
            try expect(second.hasMore, is: false, "there is no more")
        },
        Check("the usage of an answer is written with it or not at all") { probe in
            var used = record(1)
            used.session = "sess_a"
            used.turn = "turn_1"
            used.seq = 1
            let body = "{\"usage\":[\(used.tokens.input),1,\(used.tokens.output),1]}"
            func append(from seq: Int64) async throws {
                let answer = JournalRecord(seq: seq, kind: "model.answered", version: 1, at: 1, body: Array(body.utf8))
                try await probe.store.append(
                    JournalAppend(
                        session: "sess_a", epoch: probe.epoch("sess_a"), records: [answer], head: StoreProbe.head(),
                        usage: [used]))
            }
            try await expect(.conflict, "an append with a gap") { try await append(from: 2) }
            try expect(try await probe.store.usage(UsageQuery(span())).entries, is: [], "no usage")
            try await append(from: 1)
            try await expect(.conflict, "the same append again") { try await append(from: 1) }
            let found = try await probe.store.usageRecords(span(), after: nil, limit: 10).entries
            try expect(found, is: numbered([used]), "the usage")
        },
    ]
}
