public import HoldfastCore

/// One immutable record of a session's journal.
public struct JournalRecord: Sendable, Equatable {
    /// The place in the session; starts at 1, no gaps.
    public var seq: Int64
    /// The event's kind and the version of its body, see `SessionEvent`.
    public var kind: String
    public var version: Int
    public var at: Milliseconds
    /// The event's JSON.
    public var body: [UInt8]

    public init(seq: Int64, kind: String, version: Int, at: Milliseconds, body: [UInt8]) {
        self.seq = seq
        self.kind = kind
        self.version = version
        self.at = at
        self.body = body
    }
}

/// What a commit makes of a session's row in the catalog. Derived from the journal, kept for lists and recovery.
public struct SessionHead: Sendable, Equatable {
    public var project: String
    public var agent: String
    public var status: String
    public var createdAt: Milliseconds
    public var lastActiveAt: Milliseconds
    /// The ids of the effects that must be in progress, in order; empty for a session without open work.
    public var openEffects: [String]
    public var metadata: [MetadataPair]
    public var isDeleted: Bool

    /// One metadata entry.
    public struct MetadataPair: Sendable, Hashable {
        public var key: String
        public var value: String

        public init(key: String, value: String) {
            self.key = key
            self.value = value
        }
    }

    public init(
        project: String, agent: String, status: String, createdAt: Milliseconds, lastActiveAt: Milliseconds,
        openEffects: [String] = [], metadata: [MetadataPair] = [], isDeleted: Bool = false
    ) {
        self.project = project
        self.agent = agent
        self.status = status
        self.createdAt = createdAt
        self.lastActiveAt = lastActiveAt
        self.openEffects = openEffects
        self.metadata = metadata
        self.isDeleted = isDeleted
    }
}

/// A client's idempotency key, bound to what it asked for.
public struct IdempotencyRecord: Sendable, Equatable {
    public var key: String
    /// SHA-256 of the request.
    public var fingerprint: [UInt8]

    public init(key: String, fingerprint: [UInt8]) {
        self.key = key
        self.fingerprint = fingerprint
    }
}

/// What one session writes in one commit. It becomes durable as a whole or not at all.
public struct JournalAppend: Sendable {
    public var session: String
    /// The epoch under which the writer owns the session's partition.
    public var epoch: Int64
    /// New records; their `seq` follow the session's last one without a gap. Not empty.
    public var records: [JournalRecord]
    /// The session's row after the commit; `nil` when nothing of it changed but the head's `seq`.
    public var head: SessionHead?
    public var idempotency: [IdempotencyRecord]
    /// What the model calls used whose answers are among the records.
    public var usage: [UsageRecord]

    public init(
        session: String, epoch: Int64, records: [JournalRecord], head: SessionHead?,
        idempotency: [IdempotencyRecord] = [], usage: [UsageRecord] = []
    ) {
        self.session = session
        self.epoch = epoch
        self.records = records
        self.head = head
        self.idempotency = idempotency
        self.usage = usage
    }
}

/// A folded state, kept so that a wake-up need not read the whole journal. A cache: it may be dropped at any time.
public struct Snapshot: Sendable, Equatable {
    /// The last event that is folded in.
    public var seq: Int64
    /// The version of the fold that made it; another version's snapshot is ignored.
    public var foldVersion: Int
    public var body: [UInt8]

    public init(seq: Int64, foldVersion: Int, body: [UInt8]) {
        self.seq = seq
        self.foldVersion = foldVersion
        self.body = body
    }
}

/// The journal: the truth about all sessions.
public protocol JournalStore: Sendable {
    /// The epoch of a partition that this process owns since it opened the store.
    func epoch(ofPartition partition: Int) -> Int64

    /// Appends durably. Returns after the data is synced to the disk.
    /// - Throws: `StoreError` with `.full`, `.fenced`, `.conflict`; then nothing of this append was written.
    func append(_ append: JournalAppend) async throws(StoreError)

    /// Up to `limit` records with `seq > after`, in order. Checksums are verified (`.corrupt`).
    func records(session: String, after seq: Int64, limit: Int) async throws(StoreError) -> [JournalRecord]

    /// The newest snapshot with this fold version and `seq <= at` (any when `nil`); a damaged one is dropped.
    func snapshot(session: String, foldVersion: Int, at seq: Int64?) async throws(StoreError) -> Snapshot?

    /// Stores a snapshot; the two newest are kept. Not synced by itself.
    func write(_ snapshot: Snapshot, session: String) async throws(StoreError)

    /// What an idempotency key of a session is bound to.
    func idempotency(session: String, key: String) async throws(StoreError) -> IdempotencyRecord?
}
