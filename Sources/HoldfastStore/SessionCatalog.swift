/// A session's row.
public struct SessionRow: Sendable, Equatable {
    public var id: String
    public var head: SessionHead
    /// The `seq` of its last record.
    public var headSeq: Int64

    public init(id: String, head: SessionHead, headSeq: Int64) {
        self.id = id
        self.head = head
        self.headSeq = headSeq
    }
}

/// How a list is read: newest or oldest first, from after an entry.
public struct ListQuery: Sendable, Equatable {
    public var after: String?
    public var limit: Int
    public var isAscending: Bool

    public init(after: String? = nil, limit: Int = 20, isAscending: Bool = false) {
        self.after = after
        self.limit = limit
        self.isAscending = isAscending
    }
}

/// A page of a list.
public struct Page<Entry: Sendable>: Sendable {
    public var entries: [Entry]
    public var hasMore: Bool

    public init(entries: [Entry], hasMore: Bool) {
        self.entries = entries
        self.hasMore = hasMore
    }
}

/// Which sessions there are. Rows are written by `JournalStore.append` in the same commit as the events.
public protocol SessionCatalog: Sendable {
    /// A session's row, deleted ones included; `nil` when there is none.
    func session(_ id: String) async throws(StoreError) -> SessionRow?

    /// Sessions of a project that are not deleted, in the order of creation.
    /// - Returns: `nil` when `query.after` is not a session of the project.
    func sessions(
        project: String, agent: String?, metadata: [SessionHead.MetadataPair], query: ListQuery
    ) async throws(StoreError) -> Page<SessionRow>?

    /// How many sessions of a project are not deleted.
    func sessionCount(project: String) async throws(StoreError) -> Int

    /// Ids of sessions with open effects, greater than `after`, in id order. Reads those only.
    func sessionsWithOpenWork(after id: String?, limit: Int) async throws(StoreError) -> [String]
}
