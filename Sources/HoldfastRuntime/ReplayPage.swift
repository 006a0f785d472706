import HoldfastCore
import HoldfastStore

/// A place in a session's past from which events are read. A class, so that a waiting reader holds a reference and not
/// a whole state.
final class ReplayPoint: Sendable {
    /// The session before the next record; `nil` at the beginning.
    let state: SessionState?
    /// The last record to read.
    let through: Int64

    init(state: SessionState?, through: Int64) {
        self.state = state
        self.through = through
    }
}

/// A piece of a session's past as public events.
struct ReplayPage: Sendable {
    private static let size = 200

    var frames: [StreamFrame] = []
    /// Where the next page begins; `nil` when nothing more is to be read.
    var next: ReplayPoint?
    /// The last record read; `nil` when there was none.
    var last: Int64?

    /// Reads what follows a state, at most up to the record `through`.
    init(
        loader: StateLoader, projection: any StreamProjection, session: String, from point: ReplayPoint
    ) async throws(StoreError) {
        var state = point.state
        let through = point.through
        let after = state?.seq ?? 0
        let limit = min(Self.size, Int(through - after))
        let records = limit > 0 ? try await loader.store.records(session: session, after: after, limit: limit) : []
        last = records.last?.seq
        for record in records {
            let before = state
            let event = try StateLoader.event(record, session: session)
            try StateLoader.fold(event, of: record, session: session, into: &state)
            projection.project(event, before: before, after: state!, at: record.at, into: &frames)
        }
        if let last, last < through, records.count == limit { next = ReplayPoint(state: state, through: through) }
    }
}
