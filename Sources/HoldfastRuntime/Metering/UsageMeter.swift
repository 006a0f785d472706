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
        var totals: UsageTotals
        var written = 0
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
    public var isFull: Bool { state.withLock { $0.queue.count >= limit } }

    /// Records that wait to be written.
    public var backlog: Int { state.withLock { $0.queue.count } }

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
        while true {
            let records = state.withLock { Array($0.queue.prefix(Self.batch)) }
            guard !records.isEmpty else { return }
            do throws(StoreError) {
                try await store.record(records)
            } catch {
                logger.warning("usage records wait for the store", metadata: ["error": "\(error)"])
                return
            }
            state.withLock { $0.queue.removeFirst(records.count) }
        }
    }
}
