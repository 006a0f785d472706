import Foundation
import GRDB
import HoldfastCore
import HoldfastStore
import HoldfastStoreSQLite
import Testing

@Suite("SQLite: damage is found")
struct SQLiteDamageTests {
    private let directory = TemporaryDirectory()

    /// A closed store with three sessions, a blob and two snapshots.
    private func prepare() async throws {
        let store = try await SQLiteStore.open(directory: directory.path)
        try await appendRecords(store, "sess_a", from: 1, count: 5)
        try await appendRecords(store, "sess_b", from: 1, count: 3)
        try await appendRecords(store, "sess_c", from: 1, size: 100_000)
        for seq in [2, 4] as [Int64] {
            try await store.write(Snapshot(seq: seq, foldVersion: 1, body: [1, 2, 3]), session: "sess_a")
        }
        await store.close()
        #expect(try SQLiteVerifier(directory: directory.path).verify() == [])
    }

    private func problems() throws -> [String] {
        try SQLiteVerifier(directory: directory.path).verify().map(\.description).filter { !$0.contains("trigger") }
    }

    private func row(_ session: String) -> String { "session_n = (SELECT n FROM session WHERE id = '\(session)')" }

    @Test("a flipped byte of a record", arguments: ["body = x'00'", "kind = 'other'", "version = 2", "at = at + 1"])
    func record(change: String) async throws {
        try await prepare()
        try tamper(directory.path, "UPDATE journal SET \(change) WHERE \(row("sess_a")) AND seq = 3")
        #expect(try problems() == ["sess_a: record 3: the record does not match its checksum"])
        let store = try await SQLiteStore.open(directory: directory.path)
        await expectError(.corrupt) { _ = try await store.records(session: "sess_a", after: 0, limit: 10) }
        #expect(try await store.records(session: "sess_a", after: 3, limit: 10).count == 2)
        #expect(try await store.records(session: "sess_b", after: 0, limit: 10).count == 3)
        await store.close()
    }

    @Test("usage that is not what the journal tells")
    func usage() async throws {
        let store = try await SQLiteStore.open(directory: directory.path)
        var record = UsageRecord(at: 1, project: "p1", operation: .session, model: "m")
        record.session = "sess_a"
        record.seq = 1
        record.tokens = TokenUsage(input: 5, output: 7)
        let answer = JournalRecord(
            seq: 1, kind: "model.answered", version: 1, at: 1, body: Array(#"{"usage":[5,0,7,0]}"#.utf8))
        try await store.append(
            JournalAppend(
                session: "sess_a", epoch: store.epoch(ofPartition: Partition.of(session: "sess_a")), records: [answer],
                head: SessionHead(project: "p1", agent: "a", status: "idle", createdAt: 1, lastActiveAt: 2),
                usage: [record]))
        await store.close()
        #expect(try problems() == [])
        try tamper(directory.path, "INSERT INTO usage SELECT NULL\(usageColumns) FROM usage")
        #expect(try problems() == ["the usage of an answer is recorded twice: sess_a at 1"])
        let queue = try DatabaseQueue(path: "\(directory.path)/holdfast.db")
        try await queue.write { try $0.execute(sql: "DELETE FROM usage WHERE n = 2; UPDATE usage SET output = 8") }
        try queue.close()
        #expect(try problems() == ["the usage record 1 does not match the journal"])
        let again = try DatabaseQueue(path: "\(directory.path)/holdfast.db")
        try await again.write { try $0.execute(sql: "DELETE FROM usage") }
        try again.close()
        #expect(try problems() == ["the usage of an answer is not recorded: sess_a at 1"])
    }

    private let usageColumns = """
        , at, project, key, request, operation, route, target, model, session, turn, seq, outcome, status, input, \
        cached, cache_write, output, reasoning, estimated, cost, latency, first_token, attempts
        """

    @Test("a missing record, in the middle and at the end", arguments: [3, 5])
    func missing(seq: Int64) async throws {
        try await prepare()
        try tamper(directory.path, "DELETE FROM journal WHERE \(row("sess_a")) AND seq = \(seq)")
        #expect(try problems().count == 1)
        let store = try await SQLiteStore.open(directory: directory.path)
        await expectError(.corrupt) { _ = try await store.records(session: "sess_a", after: 0, limit: 10) }
        await store.close()
    }

    @Test("records that were given to another session")
    func exchanged() async throws {
        try await prepare()
        try tamper(
            directory.path, "UPDATE journal SET session_n = 99, seq = 1 WHERE \(row("sess_b")) AND seq = 3")
        let found = try problems()
        #expect(found.contains("there are records of a session number 99 that no session has"))
        #expect(found.contains("sess_b: the last record is 2, the session's row says 3"))
    }

    @Test("a record that was put in the place of another one")
    func replaced() async throws {
        try await prepare()
        try tamper(
            directory.path,
            """
            REPLACE INTO journal (part, session_n, seq, epoch, kind, version, at, crc, body)
            SELECT part, session_n, seq, epoch, kind, version, at, crc, body FROM journal
            WHERE \(row("sess_a")) AND seq = 3
            """)
        #expect(try problems() == ["sess_a: record 4: it was written before its predecessor"])
    }

    @Test("a schema that is not what the program made")
    func schema() async throws {
        try await prepare()
        try tamper(
            directory.path,
            """
            CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal BEGIN SELECT 1; END;
            CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal
                BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
            DROP INDEX journal_session;
            """)
        let found = try SQLiteVerifier(directory: directory.path).verify().map(\.description)
        #expect(
            found == ["the trigger journal_no_update is not as it was made", "the index journal_session is missing"])
    }

    @Test("an epoch that falls")
    func epoch() async throws {
        try await prepare()
        try tamper(directory.path, "UPDATE journal SET epoch = 0 WHERE \(row("sess_a")) AND seq = 4")
        #expect(try problems() == ["sess_a: record 4: epoch 0 after 1"])
    }

    @Test("a damaged snapshot is dropped, the one before it is used")
    func snapshot() async throws {
        try await prepare()
        try tamper(directory.path, "UPDATE snapshot SET body = x'010203ff' WHERE seq = 4")
        #expect(try problems() == ["sess_a: the snapshot at 4 does not match its checksum"])
        let store = try await SQLiteStore.open(directory: directory.path)
        #expect(try await store.snapshot(session: "sess_a", foldVersion: 1, at: nil)?.seq == 2)
        await store.close()
        #expect(try problems() == [])
    }

    @Test("a damaged or missing blob", arguments: [true, false])
    func blob(isRemoved: Bool) async throws {
        try await prepare()
        let blobs = "\(directory.path)/blobs"
        let path = try #require(
            FileManager.default.subpaths(atPath: blobs)?.first { $0.contains("/") }.map { "\(blobs)/\($0)" })
        if isRemoved {
            try FileManager.default.removeItem(atPath: path)
        } else {
            var content = try Data(contentsOf: URL(fileURLWithPath: path))
            content[50_000] ^= 1
            try content.write(to: URL(fileURLWithPath: path))
        }
        let found = try problems()
        #expect(found.count == 1)
        #expect(found.first?.contains(isRemoved ? "is missing" : "does not have the content") == true)
        let store = try await SQLiteStore.open(directory: directory.path)
        await expectError(.corrupt) { _ = try await store.records(session: "sess_c", after: 0, limit: 10) }
        await store.close()
    }

    @Test("derived tables that do not fit, and a missing trigger")
    func derived() async throws {
        try await prepare()
        try tamper(
            directory.path,
            """
            UPDATE project SET sessions = 7; UPDATE session SET is_open = 1 WHERE n = 1;
            INSERT INTO session_metadata (session_n, key, value, project) VALUES (1, 'k', 'v', 'p1')
            """)
        let found = try SQLiteVerifier(directory: directory.path).verify()
        #expect(found.count == 5, "\(found)")
    }

    @Test("the verifier works beside a running server and lists what is there")
    func beside() async throws {
        let store = try await SQLiteStore.open(directory: directory.path)
        for index in 0..<20 { try await appendRecords(store, "sess_\(index)", from: 1, count: 100) }
        try await store.write(Snapshot(seq: 9, foldVersion: 1, body: [1]), session: "sess_3")
        try await appendRecords(store, "sess_3", from: 101)
        let verifier = try SQLiteVerifier(directory: directory.path)
        var calls = 0
        #expect(try verifier.verify { checked, total in calls += checked <= total ? 1 : 0 } == [])
        #expect(calls == 20)
        #expect(try verifier.sessionCount() == 20)
        #expect(try verifier.sessions(after: "sess_4", limit: 2).map(\.id) == ["sess_5", "sess_6"])
        #expect(try verifier.records(session: "sess_3", after: 99, limit: 10).map(\.seq) == [100, 101])
        #expect(try verifier.snapshots(session: "sess_3").map(\.seq) == [9])
        await store.close()
    }
}
