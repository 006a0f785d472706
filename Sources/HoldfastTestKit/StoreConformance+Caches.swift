import HoldfastCore
import HoldfastStore

extension StoreConformance {
    static let caches: [Check] = [
        Check("idempotency keys belong to a session and are taken once") { probe in
            let (first, second) = (
                IdempotencyRecord(key: "k", fingerprint: Array(0..<32)), IdempotencyRecord(key: "k", fingerprint: [7])
            )
            try await probe.append("sess_a", from: 1, keys: [first])
            try await probe.append("sess_b", from: 1, keys: [second])
            try expect(try await probe.store.idempotency(session: "sess_a", key: "k"), is: first, "the key of a")
            try expect(try await probe.store.idempotency(session: "sess_b", key: "k"), is: second, "the key of b")
            try expect(try await probe.store.idempotency(session: "sess_a", key: "x"), is: nil, "another key")
            try await expect(.conflict, "the same key again") {
                try await probe.append("sess_a", from: 2, keys: [second])
            }
            try await expect(.conflict, "a key twice in one append") {
                let key = IdempotencyRecord(key: "twice", fingerprint: [])
                try await probe.append("sess_a", from: 2, keys: [key, key])
            }
            try expect(try await probe.store.session("sess_a")?.headSeq, is: 1, "the head's seq")
        },
        Check("the newest fitting snapshot is found") { probe in
            try await probe.append("sess_a", from: 1, count: 30)
            let (old, new) = (
                Snapshot(seq: 10, foldVersion: 3, body: [1, 2, 3]),
                Snapshot(seq: 20, foldVersion: 3, body: Array(repeating: 9, count: 100_000))
            )
            try await probe.store.write(old, session: "sess_a")
            try await probe.store.write(new, session: "sess_a")
            try await eventually("the newest snapshot") {
                try await probe.store.snapshot(session: "sess_a", foldVersion: 3, at: nil) == new
            }
            for (at, expected) in [(20, new), (19, old), (10, old), (9, nil), (25, new)] as [(Int64, Snapshot?)] {
                try expect(
                    try await probe.store.snapshot(session: "sess_a", foldVersion: 3, at: at), is: expected, "at \(at)")
            }
            for version in [2, 4] {
                try expect(
                    try await probe.store.snapshot(session: "sess_a", foldVersion: version, at: nil), is: nil,
                    "fold version \(version)")
            }
            try expect(
                try await probe.store.snapshot(session: "sess_b", foldVersion: 3, at: nil), is: nil, "another session")
        },
        Check("two snapshots stay, one of the same place is replaced") { probe in
            try await probe.append("sess_a", from: 1, count: 30)
            for seq in [5, 10, 15] as [Int64] {
                try await probe.store.write(Snapshot(seq: seq, foldVersion: 1, body: [1]), session: "sess_a")
            }
            let replaced = Snapshot(seq: 15, foldVersion: 2, body: [2])
            try await probe.store.write(replaced, session: "sess_a")
            try await eventually("the replaced snapshot") {
                try await probe.store.snapshot(session: "sess_a", foldVersion: 2, at: nil) == replaced
            }
            try expect(
                try await probe.store.snapshot(session: "sess_a", foldVersion: 1, at: nil)?.seq, is: 10,
                "the second newest")
            try expect(
                try await probe.store.snapshot(session: "sess_a", foldVersion: 1, at: 9), is: nil, "the oldest")
        },
        Check("a snapshot of an unknown session is ignored") { probe in
            try await probe.store.write(Snapshot(seq: 1, foldVersion: 1, body: []), session: "sess_none")
            try await probe.append("sess_a", from: 1)
            try expect(
                try await probe.store.snapshot(session: "sess_none", foldVersion: 1, at: nil), is: nil, "the snapshot")
        },
    ]
}
