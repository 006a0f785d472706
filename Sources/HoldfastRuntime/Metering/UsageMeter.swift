public import HoldfastCore
public import HoldfastStore
public import Logging
public import ServiceLifecycle
import Synchronization

/// Takes usage records without making anybody wait, and writes them a few times a second.
///
/// A record that was taken and not written yet is lost with the process. The records of sessions' answers do not go this
/// way: they are in the commit of the answer.
public final class UsageMeter: Service {
    /// The time between writes.
    private static let interval: Milliseconds = 250
    /// The most records of one transaction.
    private static let batch = 1_000

    private struct State {
        var queue: [UsageRecord] = []
        /// Records that are being written.
        var writing = 0
        var totals: UsageTotals
        var hasComplained = false
    }

    private let store: any UsageStore
    private let clock: any RuntimeClock
    private let limit: Int
    private let logger: Logger
    private let state: Mutex<State>

    public init(store: any UsageStore, limits: Limits, clock: any RuntimeClock = SystemClock(), logger: Logger) {
        self.store = store
        self.clock = clock
        self.logger = logger
        limit = limits.usageQueue
        state = Mutex(State(totals: UsageTotals(limit: limits.usageSeries)))
    }

    /// Whether so many records wait that no new inference may begin.
    public var isFull: Bool { backlog >= limit }

    /// Records that wait to be written.
    public var backlog: Int { state.withLock { $0.queue.count + $0.writing } }

    /// The sums since the start.
    public var totals: UsageTotals { state.withLock { $0.totals } }

    /// Takes a record to be written soon.
    public func add(_ record: UsageRecord) {
        state.withLock { state in
            state.queue.append(record)
            state.totals.add(record)
        }
    }

    /// Counts a record that is written already.
    func count(_ record: UsageRecord) {
        state.withLock { $0.totals.add(record) }
    }

    /// Writes until the server stops, and then what is left.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await self.flush()
                do { try await self.clock.sleep(until: self.clock.now() + Self.interval) } catch { return }
            }
        }
        await flush()
        let lost = backlog
        if lost > 0 { logger.error("usage records could not be written", metadata: ["records": "\(lost)"]) }
    }

    /// Writes what waits. What cannot be written waits on.
    public func flush() async {
        let records = state.withLock { state in
            defer { state.queue = [] }
            state.writing = state.queue.count
            return state.queue
        }
        var rest = records[...]
        while !rest.isEmpty {
            let batch = rest.prefix(Self.batch)
            do throws(StoreError) {
                try await store.record(Array(batch))
            } catch {
                complain(error)
                break
            }
            rest = rest.dropFirst(batch.count)
        }
        state.withLock { state in
            state.queue.insert(contentsOf: rest, at: 0)
            state.writing = 0
            if rest.isEmpty { state.hasComplained = false }
        }
    }

    /// Once for each time of trouble.
    private func complain(_ error: StoreError) {
        let isFirst = state.withLock { state in
            defer { state.hasComplained = true }
            return !state.hasComplained
        }
        guard isFirst else { return }
        logger.warning("usage records wait for the store", metadata: ["error": "\(error)"])
    }
}
