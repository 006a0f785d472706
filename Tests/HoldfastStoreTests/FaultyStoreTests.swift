import HoldfastCore
import HoldfastStore
import HoldfastTestKit
import Testing

@Suite("The stores for tests")
struct FaultyStoreTests {
    @Test("a crash before an append loses it, one after it keeps it", arguments: [true, false])
    func crash(isBefore: Bool) async throws {
        let memory = MemoryStore()
        let store = FaultyStore(memory, faults: [isBefore ? .crashingBefore(append: 2) : .crashingAfter(append: 2)])
        try await appendRecords(store, "sess_a", from: 1)
        await expectError(.closed) { try await appendRecords(store, "sess_a", from: 2) }
        await expectError(.closed) { try await appendRecords(store, "sess_a", from: 2) }
        await expectError(.closed) { _ = try await store.session("sess_a") }
        #expect(store.isCrashed)
        #expect(memory.session("sess_a")?.headSeq == (isBefore ? 1 : 2))
    }

    @Test("a failing append writes nothing and the next one works")
    func failing() async throws {
        let store = FaultyStore(MemoryStore(), faults: [.failing(append: 1, .full)])
        await expectError(.full) { try await appendRecords(store, "sess_a", from: 1) }
        #expect(try await store.session("sess_a") == nil)
        try await appendRecords(store, "sess_a", from: 1)
        store.add(.failing(append: 3, .fenced))
        await expectError(.fenced) { try await appendRecords(store, "sess_a", from: 2) }
        #expect(store.appends == 3)
    }

    @Test("without syncs a crash loses what was acknowledged")
    func dropping() async throws {
        let memory = MemoryStore()
        let store = FaultyStore(droppingUnsynced: memory)
        try await appendRecords(store, "sess_a", from: 1)
        try await store.sync()
        try await appendRecords(store, "sess_a", from: 2, count: 3)
        #expect(try await store.session("sess_a")?.headSeq == 4)
        store.crash()
        await expectError(.closed) { try await store.sync() }
        #expect(memory.session("sess_a")?.headSeq == 1)
    }

    @Test("a reopened memory store keeps all and fences the old one")
    func reopened() async throws {
        let old = MemoryStore()
        try await appendRecords(old, "sess_a", from: 1)
        let new = old.reopened()
        #expect(new.epoch(ofPartition: 0) == old.epoch(ofPartition: 0) + 1)
        await expectError(.fenced) { try await appendRecords(old, "sess_a", from: 2) }
        try await appendRecords(new, "sess_a", from: 2)
        #expect(old.session("sess_a")?.headSeq == 2)
    }

    @Test("a copy is independent")
    func copy() async throws {
        let store = MemoryStore()
        try await appendRecords(store, "sess_a", from: 1)
        let copy = store.copy()
        try await appendRecords(store, "sess_a", from: 2)
        try await appendRecords(copy, "sess_a", from: 2, count: 2)
        #expect(store.session("sess_a")?.headSeq == 2)
        #expect(copy.session("sess_a")?.headSeq == 3)
    }
}
