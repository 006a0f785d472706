#if DEBUG
    import Glibc
    import HoldfastCore
    import HoldfastStore
    import Synchronization

    /// A test seam, in debug builds only: a store that kills this process at a chosen write of the journal, so that a
    /// test can stop a real server at every one of them. `HOLDFAST_TEST_KILL_AT_COMMIT=3:before` dies when the third
    /// append since the start is asked for, `3:after` when it is on the disk and nobody knows yet.
    final class KillingStore: Store {
        private let inner: any Store
        private let target: Int
        private let diesAfter: Bool
        private let count = Atomic(0)

        /// The store itself unless the environment names a write to die at.
        static func wrap(_ store: any Store) -> any Store {
            guard let value = getenv("HOLDFAST_TEST_KILL_AT_COMMIT") else { return store }
            let pieces = String(cString: value).split(separator: ":")
            guard let target = pieces.first.flatMap({ Int($0) }) else { return store }
            return KillingStore(store, target: target, diesAfter: pieces.last == "after")
        }

        private init(_ inner: any Store, target: Int, diesAfter: Bool) {
            self.inner = inner
            self.target = target
            self.diesAfter = diesAfter
        }

        func append(_ append: JournalAppend) async throws(StoreError) {
            let isTarget = count.add(1, ordering: .relaxed).newValue == target
            if isTarget, !diesAfter { raise(SIGKILL) }
            try await inner.append(append)
            if isTarget, diesAfter { raise(SIGKILL) }
        }
    }

    // Everything else goes to the inner store.
    extension KillingStore {
        func epoch(ofPartition partition: Int) -> Int64 { inner.epoch(ofPartition: partition) }

        func records(session: String, after seq: Int64, limit: Int) async throws(StoreError) -> [JournalRecord] {
            try await inner.records(session: session, after: seq, limit: limit)
        }

        func snapshot(session: String, foldVersion: Int, at seq: Int64?) async throws(StoreError) -> Snapshot? {
            try await inner.snapshot(session: session, foldVersion: foldVersion, at: seq)
        }

        func write(_ snapshot: Snapshot, session: String) async throws(StoreError) {
            try await inner.write(snapshot, session: session)
        }

        func idempotency(session: String, key: String) async throws(StoreError) -> IdempotencyRecord? {
            try await inner.idempotency(session: session, key: key)
        }

        func session(_ id: String) async throws(StoreError) -> SessionRow? { try await inner.session(id) }

        func sessions(
            project: String, agent: String?, metadata: [SessionHead.MetadataPair], query: ListQuery
        ) async throws(StoreError) -> Page<SessionRow>? {
            try await inner.sessions(project: project, agent: agent, metadata: metadata, query: query)
        }

        func sessionCount(project: String) async throws(StoreError) -> Int {
            try await inner.sessionCount(project: project)
        }

        func sessionsWithOpenWork(after id: String?, limit: Int) async throws(StoreError) -> [String] {
            try await inner.sessionsWithOpenWork(after: id, limit: limit)
        }

        func insert(_ agent: AgentRecord, project: String) async throws(StoreError) {
            try await inner.insert(agent, project: project)
        }

        func update(_ agent: AgentRecord, project: String) async throws(StoreError) {
            try await inner.update(agent, project: project)
        }

        func deleteAgent(_ id: String, project: String) async throws(StoreError) -> Bool {
            try await inner.deleteAgent(id, project: project)
        }

        func agent(_ id: String, project: String) async throws(StoreError) -> AgentRecord? {
            try await inner.agent(id, project: project)
        }

        func agents(project: String, query: ListQuery) async throws(StoreError) -> Page<AgentRecord>? {
            try await inner.agents(project: project, query: query)
        }

        func insert(_ key: KeyRecord) async throws(StoreError) { try await inner.insert(key) }

        func keys() async throws(StoreError) -> [KeyRecord] { try await inner.keys() }

        func revokeKey(_ id: String, at time: Milliseconds) async throws(StoreError) -> Bool {
            try await inner.revokeKey(id, at: time)
        }

        func record(_ usage: [UsageRecord]) async throws(StoreError) { try await inner.record(usage) }

        func usage(_ query: UsageQuery) async throws(StoreError) -> Page<UsageSum> { try await inner.usage(query) }

        func usageRecords(
            _ span: UsageSpan, after number: Int64?, limit: Int
        ) async throws(StoreError) -> Page<UsageRecord> {
            try await inner.usageRecords(span, after: number, limit: limit)
        }
    }
#endif
