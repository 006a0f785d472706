public import HoldfastCore
public import HoldfastStore

/// A store around another one that shows a test every append, and can be made to forget.
public final class HookedStore: Store {
    /// What a test adds to a store.
    public struct Hooks: Sendable {
        /// Called before an append goes to the inner store; may suspend.
        public var beforeAppend: @Sendable (JournalAppend) async -> Void = { _ in }
        /// Called after an append, with what went wrong.
        public var afterAppend: @Sendable (JournalAppend, StoreError?) async -> Void = { _, _ in }
        /// The control without deduplication: idempotency keys are neither kept nor found.
        public var forgetsKeys = false

        public init() {}
    }

    private let inner: any Store
    private let hooks: Hooks

    public init(_ inner: any Store, _ hooks: Hooks) {
        self.inner = inner
        self.hooks = hooks
    }

    public func append(_ append: JournalAppend) async throws(StoreError) {
        var append = append
        if hooks.forgetsKeys { append.idempotency = [] }
        await hooks.beforeAppend(append)
        do throws(StoreError) {
            try await inner.append(append)
        } catch {
            await hooks.afterAppend(append, error)
            throw error
        }
        await hooks.afterAppend(append, nil)
    }

    public func idempotency(session: String, key: String) async throws(StoreError) -> IdempotencyRecord? {
        let found = try await inner.idempotency(session: session, key: key)
        return hooks.forgetsKeys ? nil : found
    }
}

// Everything else goes to the inner store.
extension HookedStore {
    public func epoch(ofPartition partition: Int) -> Int64 { inner.epoch(ofPartition: partition) }

    public func records(session: String, after seq: Int64, limit: Int) async throws(StoreError) -> [JournalRecord] {
        try await inner.records(session: session, after: seq, limit: limit)
    }

    public func snapshot(session: String, foldVersion: Int, at seq: Int64?) async throws(StoreError) -> Snapshot? {
        try await inner.snapshot(session: session, foldVersion: foldVersion, at: seq)
    }

    public func write(_ snapshot: Snapshot, session: String) async throws(StoreError) {
        try await inner.write(snapshot, session: session)
    }

    public func session(_ id: String) async throws(StoreError) -> SessionRow? { try await inner.session(id) }

    public func sessions(
        project: String, agent: String?, metadata: [SessionHead.MetadataPair], query: ListQuery
    ) async throws(StoreError) -> Page<SessionRow>? {
        try await inner.sessions(project: project, agent: agent, metadata: metadata, query: query)
    }

    public func sessionCount(project: String) async throws(StoreError) -> Int {
        try await inner.sessionCount(project: project)
    }

    public func sessionsWithOpenWork(after id: String?, limit: Int) async throws(StoreError) -> [String] {
        try await inner.sessionsWithOpenWork(after: id, limit: limit)
    }

    public func insert(_ agent: AgentRecord, project: String) async throws(StoreError) {
        try await inner.insert(agent, project: project)
    }

    public func update(_ agent: AgentRecord, project: String) async throws(StoreError) {
        try await inner.update(agent, project: project)
    }

    public func deleteAgent(_ id: String, project: String) async throws(StoreError) -> Bool {
        try await inner.deleteAgent(id, project: project)
    }

    public func agent(_ id: String, project: String) async throws(StoreError) -> AgentRecord? {
        try await inner.agent(id, project: project)
    }

    public func agents(project: String, query: ListQuery) async throws(StoreError) -> Page<AgentRecord>? {
        try await inner.agents(project: project, query: query)
    }

    public func insert(_ key: KeyRecord) async throws(StoreError) { try await inner.insert(key) }

    public func keys() async throws(StoreError) -> [KeyRecord] { try await inner.keys() }

    public func revokeKey(_ id: String, at time: Milliseconds) async throws(StoreError) -> Bool {
        try await inner.revokeKey(id, at: time)
    }

    public func record(_ usage: [UsageRecord]) async throws(StoreError) { try await inner.record(usage) }

    public func usage(_ query: UsageQuery) async throws(StoreError) -> Page<UsageSum> { try await inner.usage(query) }

    public func usageRecords(
        _ span: UsageSpan, after number: Int64?, limit: Int
    ) async throws(StoreError) -> Page<UsageRecord> {
        try await inner.usageRecords(span, after: number, limit: limit)
    }
}
