import HoldfastCore
public import HoldfastStore

/// A reader of a session's public events: from a place in the past, or from now on, until the end of time. What is in
/// memory it takes from the fan-out, everything else from the journal, so that a slow reader costs nobody anything.
public final class SessionStream {
    /// What the reader does next.
    public enum Step: Sendable {
        case frames([StreamFrame])
        /// Nothing happened for a while.
        case keepAlive
        case ended
    }

    private static let pageSize = 200

    private let session: String
    private let loader: StateLoader
    private let projection: any StreamProjection
    private let fanout: EventFanout
    private let subscription: StreamSubscription
    /// Everything up to here was handed out.
    private var position: StreamPosition
    /// While it reads the past: the state before the next record, and how far to read.
    private var replay: (state: SessionState?, through: Int64)?

    init(
        session: String, at position: StreamPosition, replay: (state: SessionState?, through: Int64)?,
        subscription: StreamSubscription, runtime: Runtime
    ) {
        self.session = session
        self.position = position
        self.replay = replay
        self.subscription = subscription
        loader = runtime.loader
        projection = runtime.projection
        fanout = runtime.fanout
    }

    /// Ends the stream; may be called from anywhere.
    public func end() { subscription.end() }

    deinit { fanout.unsubscribe(subscription) }

    /// The next events, in order, each one once. Cancelling the task ends the stream.
    public func next() async throws(StoreError) -> Step {
        while true {
            if replay != nil {
                let frames = try await readPage()
                if !frames.isEmpty { return .frames(frames) }
                continue
            }
            switch await subscription.next() {
            case .frames(let frames, let first, let last):
                if first > position.seq + 1 {
                    try await beginReplay(through: last)
                    continue
                }
                let fresh = frames.filter { $0.position > position }
                advance(to: last)
                if !fresh.isEmpty { return .frames(fresh) }
            case .behind(let last):
                if last > position.seq { try await beginReplay(through: last) }
            case .keepAlive: return .keepAlive
            case .ended:
                fanout.unsubscribe(subscription)
                return .ended
            }
        }
    }

    private func beginReplay(through last: Int64) async throws(StoreError) {
        replay = (try await loader.state(session: session, at: position.seq), last)
    }

    /// Reads some of the past. The state is kept between pages and given up at the end.
    private func readPage() async throws(StoreError) -> [StreamFrame] {
        guard let (start, through) = replay else { return [] }
        var state = start
        let after = state?.seq ?? 0
        let limit = min(Self.pageSize, Int(through - after))
        let records = limit > 0 ? try await loader.store.records(session: session, after: after, limit: limit) : []
        var frames: [StreamFrame] = []
        for record in records {
            let before = state
            let event = try StateLoader.event(record, session: session)
            try StateLoader.fold(event, of: record, session: session, into: &state)
            projection.project(event, before: before, after: state!, at: record.at, into: &frames)
        }
        let fresh = frames.filter { $0.position > position }
        if let last = records.last?.seq { advance(to: last) }
        replay = (records.count < limit || limit <= 0 || position.seq >= through) ? nil : (state, through)
        return fresh
    }

    private func advance(to seq: Int64) {
        if seq >= position.seq { position = StreamPosition(seq: seq, part: .max) }
    }
}
