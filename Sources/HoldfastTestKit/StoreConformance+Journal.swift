import HoldfastCore
import HoldfastStore

extension StoreConformance {
    static let journal: [Check] = [
        Check("records are read back as they were appended") { probe in
            try await probe.append("sess_a", from: 1, count: 3)
            try await probe.append("sess_a", from: 4, count: 2, head: nil)
            let all = StoreProbe.records("sess_a", from: 1, count: 5)
            try expect(
                try await probe.store.records(session: "sess_a", after: 0, limit: 100), is: all, "all records")
            try expect(
                try await probe.store.records(session: "sess_a", after: 2, limit: 2), is: Array(all[2...3]),
                "a part of them")
            try expect(
                try await probe.store.records(session: "sess_a", after: 5, limit: 10), is: [], "records after the end")
            try expect(
                try await probe.store.records(session: "sess_a", after: 0, limit: 0), is: [], "no records")
            try expect(
                try await probe.store.records(session: "sess_none", after: 0, limit: 10), is: [], "an unknown session")
        },
        Check("two sessions do not mix") { probe in
            for round in 0..<5 {
                try await probe.append("sess_a", from: Int64(2 * round + 1), count: 2)
                try await probe.append("sess_b", from: Int64(round + 1), count: 1)
            }
            for (session, count) in [("sess_a", 10), ("sess_b", 5)] {
                try expect(
                    try await probe.store.records(session: session, after: 0, limit: 100),
                    is: StoreProbe.records(session, from: 1, count: count), "records of \(session)")
            }
        },
        Check("bodies of any size and content are kept") { probe in
            let sizes = [0, 1, 8, 255, 65_536, 65_537, 200_000, 3 << 20]
            let records = sizes.enumerated().map { index, size in
                JournalRecord(
                    seq: Int64(index + 1), kind: "größe", version: index, at: -1,
                    body: (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ index) })
            }
            try await probe.store.append(
                JournalAppend(
                    session: "sess_big", epoch: probe.epoch("sess_big"), records: records, head: StoreProbe.head()))
            let found = try await probe.store.records(session: "sess_big", after: 0, limit: 100)
            try expect(found.map(\.body.count), is: sizes, "the sizes")
            if found != records { throw ConformanceFailure("the content of large bodies changed") }
            // The same content again, in another session.
            try await probe.store.append(
                JournalAppend(
                    session: "sess_big2", epoch: probe.epoch("sess_big2"), records: records, head: StoreProbe.head()))
            if try await probe.store.records(session: "sess_big2", after: 0, limit: 100) != records {
                throw ConformanceFailure("the same large bodies again changed")
            }
        },
        Check("many records in one append") { probe in
            try await probe.append("sess_a", from: 1, count: 3_000)
            let found = try await probe.store.records(session: "sess_a", after: 0, limit: 5_000)
            try expect(found.count, is: 3_000, "records")
            try expect(try await probe.store.session("sess_a")?.headSeq, is: 3_000, "the head's seq")
        },
    ]

    static let refusals: [Check] = [
        Check("a gap is a conflict") { probe in
            try await expect(.conflict, "a session that begins at 2") { try await probe.append("sess_a", from: 2) }
            try await probe.append("sess_a", from: 1)
            try await expect(.conflict, "3 after 1") { try await probe.append("sess_a", from: 3) }
            var records = StoreProbe.records("sess_a", from: 2, count: 3)
            records.remove(at: 1)
            let holed = records
            try await expect(.conflict, "a gap inside an append") {
                try await probe.store.append(
                    JournalAppend(session: "sess_a", epoch: probe.epoch("sess_a"), records: holed, head: nil))
            }
        },
        Check("a taken seq is a conflict") { probe in
            try await probe.append("sess_a", from: 1, count: 2)
            for seq in [1, 2] as [Int64] {
                try await expect(.conflict, "\(seq) again") { try await probe.append("sess_a", from: seq) }
            }
            try await probe.append("sess_a", from: 3)
        },
        Check("an append without records or a new session without a head is a conflict") { probe in
            try await expect(.conflict, "no records") { try await probe.append("sess_a", from: 1, count: 0) }
            try await expect(.conflict, "no head") { try await probe.append("sess_a", from: 1, head: nil) }
            try expect(try await probe.store.session("sess_a"), is: nil, "the session")
        },
        Check("another epoch is fenced") { probe in
            try await probe.append("sess_a", from: 1)
            for epoch in [probe.epoch("sess_a") - 1, probe.epoch("sess_a") + 1] {
                try await expect(.fenced, "epoch \(epoch)") {
                    try await probe.store.append(
                        JournalAppend(
                            session: "sess_a", epoch: epoch, records: StoreProbe.records("sess_a", from: 2, count: 1),
                            head: nil))
                }
                try await expect(.fenced, "epoch \(epoch), a new session") {
                    try await probe.store.append(
                        JournalAppend(
                            session: "sess_b", epoch: epoch, records: StoreProbe.records("sess_b", from: 1, count: 1),
                            head: StoreProbe.head()))
                }
            }
            try expect(try await probe.store.session("sess_b"), is: nil, "the fenced session")
            try await probe.append("sess_a", from: 2)
        },
        Check("a refused append leaves nothing") { probe in
            try await probe.append("sess_a", from: 1, head: StoreProbe.head(status: "before"))
            let changed = StoreProbe.head(status: "after", open: ["call_1"], metadata: [("k", "v")])
            let key = IdempotencyRecord(key: "key", fingerprint: [1])
            try await expect(.conflict, "a gap") {
                try await probe.append("sess_a", from: 3, head: changed, keys: [key])
            }
            try await expect(.fenced, "an old epoch") {
                try await probe.store.append(
                    JournalAppend(
                        session: "sess_a", epoch: probe.epoch("sess_a") - 1,
                        records: StoreProbe.records("sess_a", from: 2, count: 1), head: changed, idempotency: [key]))
            }
            try expect(
                try await probe.store.session("sess_a"),
                is: SessionRow(id: "sess_a", head: StoreProbe.head(status: "before"), headSeq: 1), "the row")
            try expect(
                try await probe.store.records(session: "sess_a", after: 0, limit: 9).count, is: 1, "records")
            try expect(
                try await probe.store.idempotency(session: "sess_a", key: "key"), is: nil, "the idempotency key")
            try expect(
                try await probe.store.sessionsWithOpenWork(after: nil, limit: 9), is: [], "sessions with open work")
            try expect(try await probe.ids(metadata: [("k", "v")], ListQuery()), is: [], "sessions by metadata")
            try expect(try await probe.store.sessionCount(project: "p1"), is: 1, "the count")
        },
    ]
}
