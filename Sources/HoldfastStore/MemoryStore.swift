import HoldfastCore
import Synchronization

/// A store in memory, with the semantics of the durable ones. For tests and the simulator.
///
/// It is deterministic and works synchronously inside: no call suspends.
public final class MemoryStore: Store {
    /// What several stores can share, as processes share a disk.
    private final class Disk: Sendable {
        let contents: Mutex<MemoryContents>

        init(_ contents: MemoryContents) {
            self.contents = Mutex(contents)
        }
    }

    private let disk: Disk
    private let epoch: Int64

    /// An empty store.
    public convenience init() {
        self.init(opening: Disk(MemoryContents()))
    }

    private init(opening disk: Disk) {
        self.disk = disk
        epoch = disk.contents.withLock { contents in
            contents.epoch += 1
            return contents.epoch
        }
    }

    private init(disk: Disk, epoch: Int64) {
        self.disk = disk
        self.epoch = epoch
    }

    /// The same contents as a new process finds them. This store is fenced from now on; it can still read.
    public func reopened() -> MemoryStore { MemoryStore(opening: disk) }

    /// An independent store with a copy of the contents and the same epochs.
    public func copy() -> MemoryStore {
        MemoryStore(disk: Disk(access { $0 }), epoch: epoch)
    }

    /// Access to the contents, one at a time.
    func access<Value: Sendable>(_ body: (inout MemoryContents) -> Value) -> Value {
        disk.contents.withLock { body(&$0) }
    }

    /// Access that may fail.
    func attempt<Value: Sendable>(
        _ body: (inout MemoryContents) throws(StoreError) -> Value
    ) throws(StoreError) -> Value {
        let result: Result<Value, StoreError> = access { contents in
            do throws(StoreError) { return .success(try body(&contents)) } catch { return .failure(error) }
        }
        return try result.get()
    }

    public func epoch(ofPartition partition: Int) -> Int64 { epoch }

    public func append(_ append: JournalAppend) throws(StoreError) {
        try attempt { (contents) throws(StoreError) in try contents.append(append) }
    }

    public func records(session: String, after seq: Int64, limit: Int) -> [JournalRecord] {
        access { contents in
            guard let records = contents.sessions[session]?.records, limit > 0 else { return [] }
            // Records have no gaps: `seq` is the index plus one.
            return Array(records.dropFirst(Int(max(0, seq))).prefix(limit))
        }
    }

    public func snapshot(session: String, foldVersion: Int, at seq: Int64?) -> Snapshot? {
        access { contents in
            contents.sessions[session]?.snapshots.last { $0.foldVersion == foldVersion && $0.seq <= seq ?? .max }
        }
    }

    public func write(_ snapshot: Snapshot, session: String) {
        access { contents in
            guard var snapshots = contents.sessions[session]?.snapshots else { return }
            snapshots.removeAll { $0.seq == snapshot.seq }
            snapshots.append(snapshot)
            snapshots.sort { $0.seq < $1.seq }
            contents.sessions[session]?.snapshots = snapshots.suffix(2)
        }
    }

    public func idempotency(session: String, key: String) -> IdempotencyRecord? {
        access { contents in
            contents.sessions[session]?.idempotency[key].map { IdempotencyRecord(key: key, fingerprint: $0) }
        }
    }
}
