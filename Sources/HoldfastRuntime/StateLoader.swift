public import HoldfastCore
public import HoldfastStore

/// Reads sessions back from the store: the newest snapshot, then the tail of the journal.
public struct StateLoader: Sendable {
    private static let pageSize = 1_000

    let store: any Store

    public init(store: any Store) {
        self.store = store
    }

    /// A session as it was after the event `seq`, or as it is now.
    /// - Returns: `nil` when there is no such session.
    public func state(session: String, at seq: Int64? = nil) async throws(StoreError) -> SessionState? {
        try await load(session: session, at: seq)?.state
    }

    /// The same, and which event the snapshot that it began with was made at (0 without one).
    func load(
        session: String, at seq: Int64? = nil
    ) async throws(StoreError) -> (state: SessionState, snapshotSeq: Int64)? {
        if let seq, seq <= 0 { return nil }
        var state = try await snapshotState(session: session, at: seq)
        let snapshotSeq = state?.seq ?? 0
        var isAtEnd = false
        while !isAtEnd {
            let after = state?.seq ?? 0
            let limit = seq.map { min(Self.pageSize, Int($0 - after)) } ?? Self.pageSize
            guard limit > 0 else { break }
            let records = try await store.records(session: session, after: after, limit: limit)
            for record in records {
                try Self.fold(Self.event(record, session: session), of: record, session: session, into: &state)
            }
            isAtEnd = records.count < limit
        }
        return state.map { ($0, snapshotSeq) }
    }

    /// Decodes a record.
    public static func event(_ record: JournalRecord, session: String) throws(StoreError) -> SessionEvent {
        do {
            return try SessionEvent.decode(kind: record.kind, version: record.version, body: record.body)
        } catch {
            throw StoreError(.corrupt, "session \(session), seq \(record.seq): \(error)", cause: error)
        }
    }

    /// Folds a record's event in.
    static func fold(
        _ event: SessionEvent, of record: JournalRecord, session: String, into state: inout SessionState?
    ) throws(StoreError) {
        if state != nil {
            SessionCore.fold(&state!, event, at: record.at)
        } else if case .sessionCreated(let created) = event {
            state = SessionCore.start(session: session, created, at: record.at)
        } else {
            throw StoreError(.corrupt, "session \(session) does not begin with its creation")
        }
        guard state?.seq == record.seq else {
            throw StoreError(.corrupt, "session \(session): a gap before seq \(record.seq)")
        }
    }

    private func snapshotState(session: String, at seq: Int64?) async throws(StoreError) -> SessionState? {
        guard let snapshot = try await store.snapshot(session: session, foldVersion: SessionCore.foldVersion, at: seq)
        else { return nil }
        // A snapshot is a cache: one that cannot be read is as good as none.
        guard let json = try? JSONParser.parse(snapshot.body, options: .init(maximumDepth: 512)).object,
            let state = try? SessionState(json), state.id == session, state.seq == snapshot.seq
        else { return nil }
        return state
    }
}
