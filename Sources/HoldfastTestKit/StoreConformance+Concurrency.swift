import HoldfastCore
import HoldfastStore

extension StoreConformance {
    static let concurrency: [Check] = [
        Check("64 sessions append at the same time") { probe in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<64 {
                    group.addTask {
                        for round in 0..<20 {
                            try await probe.append("sess_\(index)", from: Int64(round * 2 + 1), count: 2)
                        }
                    }
                }
                try await group.waitForAll()
            }
            for index in 0..<64 {
                let session = "sess_\(index)"
                try expect(
                    try await probe.store.records(session: session, after: 0, limit: 100),
                    is: StoreProbe.records(session, from: 1, count: 40), "records of \(session)")
                try expect(try await probe.store.session(session)?.headSeq, is: 40, "the head of \(session)")
            }
            try expect(try await probe.store.sessionCount(project: "p1"), is: 64, "the count")
        },
        Check("of 64 writers of one seq one wins") { probe in
            let wins = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<64 {
                    group.addTask {
                        do {
                            try await probe.append("sess_a", from: 1)
                            return true
                        } catch let error as StoreError where error.code == .conflict {
                            return false
                        }
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            try expect(wins, is: 1, "winners")
            try expect(try await probe.store.session("sess_a")?.headSeq, is: 1, "the head's seq")
        },
        Check("a refused append does not harm its neighbours") { probe in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<64 {
                    group.addTask {
                        let session = "sess_\(index)"
                        guard index.isMultiple(of: 4) else { return try await probe.append(session, from: 1) }
                        try await expect(index.isMultiple(of: 8) ? .fenced : .conflict, session) {
                            try await probe.store.append(
                                JournalAppend(
                                    session: session, epoch: probe.epoch(session) - (index.isMultiple(of: 8) ? 1 : 0),
                                    records: StoreProbe.records(
                                        session, from: index.isMultiple(of: 8) ? 1 : 2, count: 1),
                                    head: StoreProbe.head()))
                        }
                    }
                }
                try await group.waitForAll()
            }
            try expect(try await probe.store.sessionCount(project: "p1"), is: 48, "the count")
        },
        Check("an acknowledged append is read at once") { probe in
            for seq in 1...50 as ClosedRange<Int64> {
                try await probe.append("sess_a", from: seq)
                let last = try await probe.store.records(session: "sess_a", after: seq - 1, limit: 5)
                try expect(last.map(\.seq), is: [seq], "the record after its acknowledgement")
            }
        },
    ]
}
