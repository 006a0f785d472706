public import HoldfastCore
public import HoldfastStore
import Synchronization

/// A store around another one that fails where a test wants it to.
public final class FaultyStore: Store {
    /// When and how the store fails.
    public enum Fault: Sendable, Equatable {
        /// The k-th append (from 1) throws this code and writes nothing; the next ones work again.
        case failing(append: Int, StoreError.Code)
        /// The process dies at the k-th append, before it is written.
        case crashingBefore(append: Int)
        /// The process dies at the k-th append, after it was written but before anybody heard of it.
        case crashingAfter(append: Int)
    }

    private struct State {
        var faults: [Fault]
        var appends = 0
        var isCrashed = false
        var unsynced: [JournalAppend] = []
    }

    /// What survives a crash.
    private let durable: any Store
    /// What reads see.
    private let visible: any Store
    private let dropsUnsynced: Bool
    private let state: Mutex<State>

    /// A store that writes through, with faults.
    public init(_ inner: any Store, faults: [Fault] = []) {
        durable = inner
        visible = inner
        dropsUnsynced = false
        state = Mutex(State(faults: faults))
    }

    /// The control with the sync taken away: appends are acknowledged at once, but a crash loses all since the last
    /// `sync()`. A checker that does not notice this checks nothing.
    public init(droppingUnsynced inner: MemoryStore, faults: [Fault] = []) {
        durable = inner
        visible = inner.copy()
        dropsUnsynced = true
        state = Mutex(State(faults: faults))
    }

    /// How many appends were asked for.
    public var appends: Int { state.withLock { $0.appends } }

    /// Whether the store has crashed.
    public var isCrashed: Bool { state.withLock { $0.isCrashed } }

    /// Adds a fault; the count of appends goes on.
    public func add(_ fault: Fault) {
        state.withLock { $0.faults.append(fault) }
    }

    /// From now on every call throws `.closed`.
    public func crash() {
        state.withLock { state in
            state.isCrashed = true
            state.unsynced = []
        }
    }

    /// Makes all appends durable, in the mode that drops them otherwise.
    public func sync() async throws(StoreError) {
        try check()
        let appends = state.withLock { state in
            defer { state.unsynced = [] }
            return state.unsynced
        }
        for append in appends { try await durable.append(append) }
    }

    public func epoch(ofPartition partition: Int) -> Int64 { visible.epoch(ofPartition: partition) }

    public func append(_ append: JournalAppend) async throws(StoreError) {
        try check()
        let fault = state.withLock { state in
            state.appends += 1
            return state.faults.first { $0.append == state.appends }
        }
        switch fault {
        case .failing(_, let code): throw StoreError(code, "the test wants append \(appends) to fail")
        case .crashingBefore:
            crash()
        case .crashingAfter:
            try await visible.append(append)
            crash()
        case nil:
            try await visible.append(append)
            if dropsUnsynced { state.withLock { $0.unsynced.append(append) } }
        }
        try check()
    }

    /// Throws when the store has crashed.
    private func check() throws(StoreError) {
        if isCrashed { throw StoreError(.closed, "the store has crashed (a test wants it)") }
    }

    /// The store to read from.
    private func alive() throws(StoreError) -> any Store {
        try check()
        return visible
    }
}

extension FaultyStore.Fault {
    /// The append that it is about.
    fileprivate var append: Int {
        switch self {
        case .failing(let append, _), .crashingBefore(let append), .crashingAfter(let append): append
        }
    }
}

// Everything else goes to the inner store.
extension FaultyStore {
    public func records(session: String, after seq: Int64, limit: Int) async throws(StoreError) -> [JournalRecord] {
        try await alive().records(session: session, after: seq, limit: limit)
    }

    public func snapshot(session: String, foldVersion: Int, at seq: Int64?) async throws(StoreError) -> Snapshot? {
        try await alive().snapshot(session: session, foldVersion: foldVersion, at: seq)
    }

    public func write(_ snapshot: Snapshot, session: String) async throws(StoreError) {
        try await alive().write(snapshot, session: session)
    }

    public func idempotency(session: String, key: String) async throws(StoreError) -> IdempotencyRecord? {
        try await alive().idempotency(session: session, key: key)
    }

    public func session(_ id: String) async throws(StoreError) -> SessionRow? {
        try await alive().session(id)
    }

    public func sessions(
        project: String, agent: String?, metadata: [SessionHead.MetadataPair], query: ListQuery
    ) async throws(StoreError) -> Page<SessionRow>? {
        try await alive().sessions(project: project, agent: agent, metadata: metadata, query: query)
    }

    public func sessionCount(project: String) async throws(StoreError) -> Int {
        try await alive().sessionCount(project: project)
    }

    public func sessionsWithOpenWork(after id: String?, limit: Int) async throws(StoreError) -> [String] {
        try await alive().sessionsWithOpenWork(after: id, limit: limit)
    }

    public func insert(_ agent: AgentRecord, project: String) async throws(StoreError) {
        try await alive().insert(agent, project: project)
    }

    public func update(_ agent: AgentRecord, project: String) async throws(StoreError) {
        try await alive().update(agent, project: project)
    }

    public func deleteAgent(_ id: String, project: String) async throws(StoreError) -> Bool {
        try await alive().deleteAgent(id, project: project)
    }

    public func agent(_ id: String, project: String) async throws(StoreError) -> AgentRecord? {
        try await alive().agent(id, project: project)
    }

    public func agents(project: String, query: ListQuery) async throws(StoreError) -> Page<AgentRecord>? {
        try await alive().agents(project: project, query: query)
    }

    public func insert(_ key: KeyRecord) async throws(StoreError) {
        try await alive().insert(key)
    }

    public func keys() async throws(StoreError) -> [KeyRecord] {
        try await alive().keys()
    }

    public func revokeKey(_ id: String, at time: Milliseconds) async throws(StoreError) -> Bool {
        try await alive().revokeKey(id, at: time)
    }

    public func record(_ usage: [UsageRecord]) async throws(StoreError) { try await alive().record(usage) }

    public func usage(_ query: UsageQuery) async throws(StoreError) -> Page<UsageSum> { try await alive().usage(query) }

    public func usageRecords(
        _ span: UsageSpan, after number: Int64?, limit: Int
    ) async throws(StoreError) -> Page<UsageRecord> {
        try await alive().usageRecords(span, after: number, limit: limit)
    }
}
