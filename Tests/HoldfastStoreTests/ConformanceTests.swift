import Foundation
import HoldfastStore
import HoldfastStoreSQLite
import HoldfastTestKit
import Testing

@Suite("Every store keeps the promises of the protocols")
struct ConformanceTests {
    @Test("in memory", arguments: StoreConformance.all)
    func memory(_ check: StoreConformance.Check) async throws {
        try await check.run { MemoryStore() }
    }

    @Test("SQLite", arguments: StoreConformance.all)
    func sqlite(_ check: StoreConformance.Check) async throws {
        let directory = TemporaryDirectory()
        let store = try await SQLiteStore.open(directory: directory.path)
        try await check.run { store }
        await store.close()
        #expect(try SQLiteVerifier(directory: directory.path).verify() == [])
    }

    @Test("a faulty store without faults", arguments: StoreConformance.all)
    func faulty(_ check: StoreConformance.Check) async throws {
        try await check.run { FaultyStore(MemoryStore()) }
    }
}

/// A new directory that is removed with this value.
final class TemporaryDirectory: Sendable {
    let path: String

    init() {
        path = "\(NSTemporaryDirectory())/holdfast-store-\(UUID().uuidString)"
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
