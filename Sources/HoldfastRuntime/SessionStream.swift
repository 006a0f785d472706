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

    private let session: String
    private let loader: StateLoader
    private let projection: any StreamProjection
    private let fanout: EventFanout
    private let subscription: StreamSubscription
    /// Everything up to here was handed out.
    private var position: StreamPosition
    /// While it reads the past: the state before the next record, and how far to read.
    private var replay: ReplayPoint?

    init(
        session: String, at position: StreamPosition, replay: ReplayPoint?,
        subscription: StreamSubscription, runtime: Runtime
    ) {
        self.session = session
        self.position = position
        self.replay = replay
        self.subscription = subscription
        loader = runtime.loader
        projection = runtime.projection(subscription.dialect)
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
        let (loader, session, seq) = (loader, session, position.seq)
        replay = try await Self.apart { () async throws(StoreError) in
            ReplayPoint(state: try await loader.state(session: session, at: seq), through: last)
        }
    }

    /// Reads some of the past. The state is kept between pages and given up at the end.
    private func readPage() async throws(StoreError) -> [StreamFrame] {
        guard let point = replay else { return [] }
        let (loader, projection, session) = (loader, projection, session)
        let page = try await Self.apart { () async throws(StoreError) in
            try await ReplayPage(loader: loader, projection: projection, session: session, from: point)
        }
        let fresh = page.frames.filter { $0.position > position }
        if let last = page.last { advance(to: last) }
        replay = page.next
        return fresh
    }

    /// Runs something in a task of its own. A task keeps the memory of its deepest call until it ends, and a reader's
    /// task waits most of its life.
    private static func apart<Value: Sendable>(
        _ body: @escaping @Sendable () async throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
        let result = await withTaskGroup(of: Result<Value, StoreError>.self) { group in
            group.addTask {
                do throws(StoreError) { return .success(try await body()) } catch { return .failure(error) }
            }
            return await group.next()!
        }
        return try result.get()
    }

    private func advance(to seq: Int64) {
        if seq >= position.seq { position = StreamPosition(seq: seq, part: .max) }
    }
}
