public import HoldfastCore
import Synchronization

/// Hands what sessions commit to whoever follows them. Holds nothing for sessions that nobody follows, and a bounded
/// amount for each follower.
public final class EventFanout: Sendable {
    private typealias Shard = Mutex<[String: [ObjectIdentifier: StreamSubscription]]>

    private final class ShardBox: Sendable {
        let sessions = Shard([:])
    }

    private let shards: [ShardBox]
    private let bufferLimit: Int
    private let isClosed = Mutex(false)
    private let projects = Mutex<[String: Int]>([:])

    public init(limits: Limits) {
        shards = (0..<64).map { _ in ShardBox() }
        bufferLimit = limits.streamBuffer
    }

    /// How many subscriptions there are.
    public var count: Int {
        shards.reduce(0) { $0 + $1.sessions.withLock { $0.values.reduce(0) { $0 + $1.count } } }
    }

    /// How many subscriptions a project has.
    public func count(project: String) -> Int { projects.withLock { $0[project] ?? 0 } }

    /// Begins to follow a session. `owner` names the key, so that its streams can be ended with it.
    func subscribe(
        session: String, project: String, owner: String, dialect: StreamDialect
    ) -> StreamSubscription {
        let subscription = StreamSubscription(
            session: session, project: project, owner: owner, dialect: dialect, limit: bufferLimit)
        projects.withLock { $0[project, default: 0] += 1 }
        shard(session).sessions.withLock { $0[session, default: [:]][ObjectIdentifier(subscription)] = subscription }
        if isClosed.withLock({ $0 }) { subscription.end() }
        return subscription
    }

    func unsubscribe(_ subscription: StreamSubscription) {
        let isFollower = shard(subscription.session).sessions.withLock { sessions in
            let removed = sessions[subscription.session]?.removeValue(forKey: ObjectIdentifier(subscription))
            if sessions[subscription.session]?.isEmpty == true { sessions[subscription.session] = nil }
            return removed != nil
        }
        guard isFollower else { return }
        projects.withLock { projects in
            let count = (projects[subscription.project] ?? 0) - 1
            projects[subscription.project] = count > 0 ? count : nil
        }
    }

    /// The dialects in which a session is followed.
    func dialects(of session: String) -> Set<StreamDialect> {
        shard(session).sessions.withLock { sessions in
            guard let followers = sessions[session] else { return [] }
            return Set(followers.values.map(\.dialect))
        }
    }

    /// Hands out what was committed; who finds no frames in its dialect looks into the journal.
    func publish(session: String, from first: Int64, through last: Int64, frames: [StreamDialect: [StreamFrame]]) {
        let followers = shard(session).sessions.withLock { $0[session].map { Array($0.values) } }
        for follower in followers ?? [] {
            follower.receive(from: first, through: last, frames: frames[follower.dialect])
        }
    }

    /// Ends all streams of a session that was deleted.
    func end(session: String) {
        let followers = shard(session).sessions.withLock { $0[session].map { Array($0.values) } }
        for follower in followers ?? [] { follower.end() }
    }

    /// Ends all streams that a key opened.
    public func end(owner: String) {
        forEach { if $0.owner == owner { $0.end() } }
    }

    /// Ends all streams, and from now on every new one at once.
    public func close() {
        isClosed.withLock { $0 = true }
        forEach { $0.end() }
    }

    /// Lets every waiting reader send a sign of life.
    func keepAlive() { forEach { $0.keepAlive() } }

    private func forEach(_ body: (StreamSubscription) -> Void) {
        for shard in shards {
            let all = shard.sessions.withLock { $0.values.flatMap(\.values) }
            for subscription in all { body(subscription) }
        }
    }

    private func shard(_ session: String) -> ShardBox {
        shards[Partition.of(session: session) % shards.count]
    }
}
