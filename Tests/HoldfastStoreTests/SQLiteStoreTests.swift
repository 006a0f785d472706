import Foundation
import GRDB
import HoldfastCore
import HoldfastStore
import HoldfastStoreSQLite
import Testing

@Suite("SQLite: opening and closing")
struct SQLiteOpeningTests {
    private let directory = TemporaryDirectory()

    @Test("all is there after reopening, and every epoch is one higher")
    func reopening() async throws {
        var store = try await SQLiteStore.open(directory: directory.path)
        let first = (0..<Partition.count).map { store.epoch(ofPartition: $0) }
        try await appendRecords(store, "sess_a", from: 1, count: 5)
        try await appendRecords(store, "sess_a", from: 6, size: 100_000)
        try await store.write(Snapshot(seq: 5, foldVersion: 1, body: [1]), session: "sess_a")
        let records = try await store.records(session: "sess_a", after: 0, limit: 10)
        let row = try await store.session("sess_a")
        await store.close()
        #expect(!FileManager.default.fileExists(atPath: "\(directory.path)/holdfast.db-wal"))

        store = try await SQLiteStore.open(directory: directory.path)
        #expect((0..<Partition.count).map { store.epoch(ofPartition: $0) } == first.map { $0 + 1 })
        #expect(try await store.records(session: "sess_a", after: 0, limit: 10) == records)
        #expect(records.count == 6)
        #expect(try await store.session("sess_a") == row)
        #expect(try await store.snapshot(session: "sess_a", foldVersion: 1, at: nil)?.body == [1])
        await expectError(.fenced) {
            let record = JournalRecord(seq: 7, kind: "test", version: 1, at: 1, body: [])
            try await store.append(JournalAppend(session: "sess_a", epoch: first[0], records: [record], head: nil))
        }
        try await appendRecords(store, "sess_a", from: 7)
        await store.close()
    }

    @Test("a second opening is refused and names the process")
    func lock() async throws {
        let store = try await SQLiteStore.open(directory: directory.path)
        let error = await expectError(.locked) { _ = try await SQLiteStore.open(directory: directory.path) }
        #expect(error?.message == "\(directory.path) is already open by process \(getpid())")
        let lock = "\(directory.path)/holdfast.lock"
        #expect(try run("/usr/bin/flock", ["--nonblock", lock, "true"]).status == 1)
        await store.close()
        #expect(try run("/usr/bin/flock", ["--nonblock", lock, "true"]).status == 0)
    }

    @Test("another process's lock is respected, and our children do not keep ours")
    func lockAcrossProcesses() async throws {
        try FileManager.default.createDirectory(atPath: directory.path, withIntermediateDirectories: true)
        let lock = "\(directory.path)/holdfast.lock"
        let other = Process()
        other.executableURL = URL(fileURLWithPath: "/usr/bin/flock")
        other.arguments = ["--no-fork", lock, "sh", "-c", "echo $$ > \(lock); echo ready; exec sleep 60"]
        let output = Pipe()
        other.standardOutput = output
        try other.run()
        #expect(output.fileHandleForReading.availableData == Data("ready\n".utf8))
        let error = await expectError(.locked) { _ = try await SQLiteStore.open(directory: directory.path) }
        #expect(error?.message.contains("process \(other.processIdentifier)") == true)
        other.terminate()
        other.waitUntilExit()

        let store = try await SQLiteStore.open(directory: directory.path)
        let child = Process()
        child.executableURL = URL(fileURLWithPath: "/bin/sleep")
        child.arguments = ["2"]
        try child.run()
        await store.close()
        let again = try await SQLiteStore.open(directory: directory.path)
        await again.close()
        child.terminate()
    }

    @Test("files can be read by their owner only")
    func permissions() async throws {
        let store = try await SQLiteStore.open(directory: directory.path)
        try await appendRecords(store, "sess_a", from: 1, size: 100_000)
        func mode(_ path: String) throws -> Int? {
            try FileManager.default.attributesOfItem(atPath: "\(directory.path)/\(path)")[.posixPermissions] as? Int
        }
        #expect(try mode("") == 0o700)
        for file in ["holdfast.db", "holdfast.db-wal", "holdfast.lock"] { #expect(try mode(file) == 0o600, "\(file)") }
        #expect(try mode("blobs") == 0o700)
        await store.close()
    }

    @Test("a closed store refuses everything")
    func closed() async throws {
        let store = try await SQLiteStore.open(directory: directory.path)
        await store.close()
        await store.close()
        await expectError(.closed) { try await appendRecords(store, "sess_a", from: 1) }
        await expectError(.closed) { try await appendRecords(store, "sess_a", from: 1, size: 100_000) }
        await expectError(.closed) { _ = try await store.session("sess_a") }
        await expectError(.closed) {
            try await store.write(Snapshot(seq: 1, foldVersion: 1, body: []), session: "sess_a")
        }
    }

    @Test("closing finishes what is queued")
    func closeFinishes() async throws {
        let store = try await SQLiteStore.open(directory: directory.path)
        let acknowledged = try await withThrowingTaskGroup(of: Int.self) { group in
            for index in 0..<64 {
                group.addTask {
                    do {
                        for seq in 1...1_000 { try await appendRecords(store, "sess_\(index)", from: Int64(seq)) }
                        return 1_000
                    } catch let error as StoreError where error.code == .closed {
                        return 0
                    }
                }
            }
            try await Task.sleep(for: .milliseconds(50))
            await store.close()
            return try await group.reduce(0, +)
        }
        #expect(acknowledged < 64_000)
        #expect(try SQLiteVerifier(directory: directory.path).verify() == [])
    }

    @Test("a database of a newer format is refused and not changed")
    func newerFormat() async throws {
        await (try await SQLiteStore.open(directory: directory.path)).close()
        try tamper(directory.path, "UPDATE meta SET value = 4")
        let error = await expectError(.failed) { _ = try await SQLiteStore.open(directory: directory.path) }
        #expect(error?.message.contains("format 4") == true, "\(error?.message ?? "")")
        await expectError(.failed) { _ = try SQLiteVerifier(directory: directory.path) }
    }

    @Test("a database of format 1 is brought to the current one, with and without a guard that only some have")
    func formatOne() async throws {
        try await migrate("")
        try FileManager.default.removeItem(atPath: directory.path)
        try await migrate(
            """
            CREATE TRIGGER journal_no_replace BEFORE INSERT ON journal
                WHEN EXISTS (SELECT 1 FROM journal WHERE gsn = NEW.gsn)
                BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
            """)
    }

    private func migrate(_ more: String) async throws {
        let store = try await SQLiteStore.open(directory: directory.path)
        try await appendRecords(store, "sess_idle", from: 1)
        try await appendRecords(store, "sess_busy", from: 1, open: ["model:1:1"])
        await store.close()
        try tamper(
            directory.path,
            """
            \(more)
            DROP TABLE usage;
            ALTER TABLE api_key DROP COLUMN models;
            DROP INDEX session_open;
            ALTER TABLE session DROP COLUMN is_open;
            CREATE INDEX session_open ON session (id) WHERE open_effects IS NOT NULL;
            UPDATE meta SET value = 1;
            """)
        #expect(
            try SQLiteVerifier(directory: directory.path).verify().map(\.text).allSatisfy { $0.contains("trigger") })
        let newer = try await SQLiteStore.open(directory: directory.path)
        #expect(try await newer.sessionsWithOpenWork(after: nil, limit: 10) == ["sess_busy"])
        try await appendRecords(newer, "sess_busy", from: 2)
        #expect(try await newer.sessionsWithOpenWork(after: nil, limit: 10).isEmpty)
        await newer.close()
        #expect(
            try SQLiteVerifier(directory: directory.path).verify().map(\.text).allSatisfy { $0.contains("trigger") })
    }
}

@Suite("SQLite: writing")
struct SQLiteWritingTests {
    private let directory = TemporaryDirectory()

    @Test("the database itself refuses to change the journal")
    func triggers() async throws {
        let store = try await SQLiteStore.open(directory: directory.path)
        try await appendRecords(store, "sess_a", from: 1)
        await store.close()
        var configuration = Configuration()
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA recursive_triggers = 1") }
        let queue = try DatabaseQueue(path: "\(directory.path)/holdfast.db", configuration: configuration)
        let changes = [
            "UPDATE journal SET at = 9", "DELETE FROM journal", "REPLACE INTO journal SELECT * FROM journal LIMIT 1",
        ]
        for sql in changes {
            let error = #expect(throws: DatabaseError.self) { try queue.write { try $0.execute(sql: sql) } }
            #expect(error?.message == "the journal is append-only")
        }
        try queue.close()
    }

    @Test("appends that wait for a commit share the next one")
    func groupCommit() async throws {
        let store = try await SQLiteStore.open(directory: directory.path)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<64 {
                group.addTask {
                    for seq in 1...50 { try await appendRecords(store, "sess_\(index)", from: Int64(seq)) }
                }
            }
            try await group.waitForAll()
        }
        let statistics = store.statistics
        #expect(statistics.appends == 3_200)
        #expect(statistics.records == 3_200)
        #expect(statistics.bodyBytes == 320_000)
        #expect(statistics.commits < 1_600, "\(statistics)")
        #expect(statistics.largestBatch > 4)
        await store.close()
    }

    @Test("the log is moved into the database while it grows")
    func checkpoints() async throws {
        let store = try await SQLiteStore.open(directory: directory.path)
        for index in 0..<1_000 { try await appendRecords(store, "sess_\(index)", from: 1, size: 60_000) }
        #expect(store.statistics.checkpoints >= 2)
        let size = try FileManager.default.attributesOfItem(atPath: "\(directory.path)/holdfast.db-wal")[.size] as? Int
        #expect((size ?? 0) < 40 << 20)
        await store.close()
    }

    @Test("a full disk refuses writes, keeps reads and recovers", .enabled(if: getuid() == 0))
    func diskFull() async throws {
        let mount = directory.path
        try FileManager.default.createDirectory(atPath: mount, withIntermediateDirectories: true)
        let mounted = try run("/bin/mount", ["-t", "tmpfs", "-o", "size=3m", "tmpfs", mount])
        try #require(mounted.status == 0, "\(mounted.output)")
        defer { _ = try? run("/bin/umount", ["-l", mount]) }
        let store = try await SQLiteStore.open(directory: "\(mount)/data")
        var stored: Int64 = 0
        let error = await expectError(.full) {
            for seq in 1...10_000 {
                try await appendRecords(store, "sess_a", from: Int64(seq), size: 10_000)
                stored = Int64(seq)
            }
        }
        #expect(error?.message == "the disk is full")
        #expect(stored > 10)
        await expectError(.full) { try await appendRecords(store, "sess_b", from: 1, size: 2 << 20) }
        #expect(try await store.records(session: "sess_a", after: 0, limit: 20_000).count == Int(stored))
        #expect(try await store.session("sess_b") == nil)
        #expect(store.statistics.diskFull >= 1)

        let remounted = try run("/bin/mount", ["-o", "remount,size=64m", mount])
        try #require(remounted.status == 0, "\(remounted.output)")
        try await appendRecords(store, "sess_a", from: stored + 1, size: 10_000)
        try await appendRecords(store, "sess_b", from: 1, size: 2 << 20)
        await store.close()
        #expect(try SQLiteVerifier(directory: "\(mount)/data").verify() == [])
    }
}
