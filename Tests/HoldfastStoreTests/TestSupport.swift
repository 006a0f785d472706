import Foundation
import GRDB
import HoldfastCore
import HoldfastStore
import HoldfastStoreSQLite
import Testing

/// An append of small records as the owner of the session.
func appendRecords(
    _ store: any Store, _ session: String, from seq: Int64, count: Int = 1, size: Int = 100,
    open: [String] = []
) async throws {
    let records = (0..<Int64(count)).map { index in
        JournalRecord(
            seq: seq + index, kind: "test", version: 1, at: 5,
            body: Array(repeating: UInt8(truncatingIfNeeded: seq + index), count: size))
    }
    try await store.append(
        JournalAppend(
            session: session, epoch: store.epoch(ofPartition: Partition.of(session: session)), records: records,
            head: SessionHead(
                project: "p1", agent: "a", status: "idle", createdAt: 1, lastActiveAt: 2, openEffects: open)))
}

/// Changes a closed database behind the store's back.
func tamper(_ directory: String, _ sql: String) throws {
    let queue = try DatabaseQueue(path: "\(directory)/holdfast.db")
    try queue.writeWithoutTransaction { database in
        try database.execute(sql: "DROP TRIGGER journal_no_update; DROP TRIGGER journal_no_delete; \(sql)")
    }
    try queue.close()
}

/// Expects that a call throws a store error with a code, and returns the error.
@discardableResult
func expectError(
    _ code: StoreError.Code, sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
) async -> StoreError? {
    do {
        try await body()
        Issue.record("expected the error \(code), but it succeeded", sourceLocation: sourceLocation)
    } catch let error as StoreError {
        #expect(error.code == code, "\(error)", sourceLocation: sourceLocation)
        return error
    } catch {
        Issue.record("expected the error \(code), found \(error)", sourceLocation: sourceLocation)
    }
    return nil
}

/// Runs a program and returns its exit status and output.
func run(_ program: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
}
