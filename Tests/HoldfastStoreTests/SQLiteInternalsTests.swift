import Foundation
import HoldfastCore
import HoldfastStore
import Testing

@testable import HoldfastStoreSQLite

@Suite("SQLite: inner parts")
struct SQLiteInternalsTests {
    @Test(
        "CRC-32C has its published values (RFC 3720, B.4)",
        arguments: [
            (Array("123456789".utf8), 0xE306_9283), ([], 0), ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
            ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43), (Array(0..<32), 0x46DD_794E),
            (Array((0..<32).reversed()), 0x113F_DB5C),
        ] as [([UInt8], UInt32)])
    func crc(bytes: [UInt8], expected: UInt32) {
        var whole = CRC32C()
        whole.add(bytes)
        #expect(whole.value == expected)
        for cut in bytes.indices {
            var parts = CRC32C()
            parts.add(Array(bytes[..<cut]))
            parts.add(Array(bytes[cut...]))
            #expect(parts.value == expected)
        }
    }

    @Test("the checksum of a record covers every field")
    func checksum() {
        let record = JournalRecord(seq: 1, kind: "ab", version: 2, at: 3, body: [4, 5])
        var others = Array(repeating: record, count: 5)
        others[0].seq = 2
        others[1].kind = "a"
        others[2].version = 1
        others[3].at = 4
        others[4].body = [4, 5, 0]
        // Part of the stored format: must never change.
        #expect(Checksum.of(record, session: "sess_a") == 0x11EE_F9E8)
        for other in others { #expect(Checksum.of(other, session: "sess_a") != Checksum.of(record, session: "sess_a")) }
        #expect(Checksum.of(record, session: "sess_b") != Checksum.of(record, session: "sess_a"))
    }

    @Test("full disks are told from failing ones")
    func failures() {
        #expect(SQLiteFailure(code: 13, message: "").storeError.code == .full)
        #expect(SQLiteFailure(code: 4_874, message: "").storeError.code == .full)
        #expect(SQLiteFailure(code: 778, systemError: ENOSPC, message: "").storeError.code == .full)
        #expect(SQLiteFailure(code: 778, systemError: EIO, message: "").storeError.isFatal)
        // A failed sync is never a full disk, whatever the system says.
        #expect(SQLiteFailure(code: 1_034, systemError: ENOSPC, message: "").storeError.isFatal)
        #expect(!SQLiteFailure(code: 5, message: "").storeError.isFatal)
        #expect(FileFailure(call: "fsync", path: "", code: EIO).storeError.isFatal)
        #expect(FileFailure(call: "write", path: "", code: EDQUOT).storeError.code == .full)
    }

    @Test("the process stops when the disk fails")
    func failStop() async {
        await #expect(processExitsWith: .failure) {
            let directory = TemporaryDirectory()
            let store = try await SQLiteStore.open(directory: directory.path)
            try await appendRecords(store, "sess_a", from: 1)
            // The kernel refuses writes past this size, with an error that is not "no space".
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 300_000, rlim_max: rlim_t.max)
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            do {
                for seq in 2...1_000 { try await appendRecords(store, "sess_a", from: Int64(seq), size: 1_000) }
            } catch {
                // An error instead of the end of the process: the expectation above fails.
            }
            exit(EXIT_SUCCESS)
        }
    }

    @Test("a write that fails half-way leaves nothing and does not harm its neighbours")
    func neighbours() async throws {
        let directory = TemporaryDirectory()
        let store = try await SQLiteStore.open(directory: directory.path)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<64 {
                group.addTask {
                    for seq in 1...20 { try await appendRecords(store, "sess_\(index)", from: Int64(seq)) }
                }
            }
            for _ in 0..<8 {
                group.addTask {
                    await expectError(.failed) {
                        try await store.write { (connection) throws(StoreError) in
                            try connection.execute("INSERT INTO project (name, sessions) VALUES ('ghost', 1)")
                            try connection.execute("INSERT INTO nowhere VALUES (1)")
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await store.sessionCount(project: "ghost") == 0)
        #expect(try await store.sessionCount(project: "p1") == 64)
        #expect(store.statistics.appends == 64 * 20)
        await store.close()
        #expect(try SQLiteVerifier(directory: directory.path).verify() == [])
    }
}
