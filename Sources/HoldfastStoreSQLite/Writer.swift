import Dispatch
import Foundation
import HoldfastStore
import Logging
import Synchronization

/// The queue in front of the one thread that writes.
///
/// Whatever was queued while a commit was in flight is the next commit: no artificial delay, one sync for all.
final class Writer: Sendable {
    /// Something to write, and who waits for it.
    struct Job: Sendable {
        enum Work: Sendable {
            case append(PreparedAppend)
            /// Throws `.conflict` and `.fenced` only before it has written anything.
            case task(@Sendable (Connection) throws(StoreError) -> Void)
        }

        var work: Work
        var size: Int
        var waiter: UnsafeContinuation<StoreError?, Never>
    }

    /// A snapshot that rides along with a commit. Nobody waits for it.
    struct SnapshotJob: Sendable {
        var snapshot: Snapshot
        var session: String
    }

    /// What goes into one commit.
    struct Batch {
        var jobs: [Job] = []
        var snapshots: [SnapshotJob] = []
    }

    private struct State {
        var jobs: [Job] = []
        var first = 0
        var snapshots: [SnapshotJob] = []
        var snapshotBytes = 0
        var isWaiting = false
        var isClosed = false
        var hasEnded = false
        var closers: [UnsafeContinuation<Void, Never>] = []
        var statistics = StoreStatistics()
    }

    private static let maximumJobs = 512
    private static let maximumBytes = 4 << 20
    private static let maximumSnapshotsPerBatch = 16
    private static let maximumWaitingSnapshotBytes = 32 << 20

    private let state = Mutex(State())
    private let wakeUp = DispatchSemaphore(value: 0)

    var statistics: StoreStatistics { state.withLock { $0.statistics } }

    func count(_ change: (inout StoreStatistics) -> Void) {
        state.withLock { change(&$0.statistics) }
    }

    /// Queues work and waits until it is synced.
    func perform(_ work: Job.Work, size: Int) async throws(StoreError) {
        let error: StoreError? = await withUnsafeContinuation { waiter in
            let (isClosed, wakes) = state.withLock { state in
                if state.isClosed { return (true, false) }
                state.jobs.append(Job(work: work, size: size, waiter: waiter))
                defer { state.isWaiting = false }
                return (false, state.isWaiting)
            }
            if isClosed { waiter.resume(returning: StoreError(.closed, "the store is closed")) }
            if wakes { wakeUp.signal() }
        }
        if let error { throw error }
    }

    /// Queues a snapshot. When too many wait it is dropped: it is only a cache.
    func enqueue(_ job: SnapshotJob) throws(StoreError) {
        let (isClosed, wakes) = state.withLock { state in
            if state.isClosed { return (true, false) }
            guard state.snapshotBytes + job.snapshot.body.count <= Writer.maximumWaitingSnapshotBytes else {
                state.statistics.droppedSnapshots += 1
                return (false, false)
            }
            state.snapshots.append(job)
            state.snapshotBytes += job.snapshot.body.count
            defer { state.isWaiting = false }
            return (false, state.isWaiting)
        }
        if isClosed { throw StoreError(.closed, "the store is closed") }
        if wakes { wakeUp.signal() }
    }

    /// Refuses new work; the thread ends after the work that is queued.
    func stop() {
        let wakes = state.withLock { state in
            state.isClosed = true
            defer { state.isWaiting = false }
            return state.isWaiting
        }
        if wakes { wakeUp.signal() }
    }

    /// Stops and waits until the thread has ended.
    func close() async {
        stop()
        await withUnsafeContinuation { continuation in
            let hasEnded = state.withLock { state in
                if !state.hasEnded { state.closers.append(continuation) }
                return state.hasEnded
            }
            if hasEnded { continuation.resume() }
        }
    }

    /// For the thread: it has ended.
    func finish() {
        let closers = state.withLock { state in
            state.hasEnded = true
            defer { state.closers = [] }
            return state.closers
        }
        for closer in closers { closer.resume() }
    }

    /// For the thread: waits for the next batch. Calls `idle` when there is nothing to do for a while.
    /// - Returns: `nil` when the writer was stopped and all is written.
    func next(idle: () -> Bool) -> Batch? {
        var mayIdle = true
        while true {
            let (batch, isClosed) = state.withLock { state in
                let batch = Writer.take(&state)
                state.isWaiting = batch == nil && !state.isClosed
                return (batch, state.isClosed)
            }
            if batch != nil || isClosed { return batch }
            let deadline: DispatchTime = mayIdle ? .now() + .milliseconds(500) : .distantFuture
            guard wakeUp.wait(timeout: deadline) == .timedOut else { continue }
            let wasWaiting = state.withLock { state in
                defer { state.isWaiting = false }
                return state.isWaiting
            }
            // Somebody came between the timeout and here, and has signalled.
            if wasWaiting { mayIdle = idle() } else { wakeUp.wait() }
        }
    }

    private static func take(_ state: inout State) -> Batch? {
        guard state.first < state.jobs.count || !state.snapshots.isEmpty else { return nil }
        var batch = Batch()
        var end = state.first
        var size = 0
        while end < state.jobs.count, end - state.first < maximumJobs, size < maximumBytes {
            size += state.jobs[end].size
            end += 1
        }
        if state.first == 0, end == state.jobs.count {
            swap(&batch.jobs, &state.jobs)
        } else {
            batch.jobs = Array(state.jobs[state.first..<end])
            state.first = end
            if end == state.jobs.count {
                state.jobs.removeAll(keepingCapacity: true)
                state.first = 0
            }
        }
        if !state.snapshots.isEmpty {
            batch.snapshots = Array(state.snapshots.prefix(maximumSnapshotsPerBatch))
            state.snapshots.removeFirst(batch.snapshots.count)
            state.snapshotBytes -= batch.snapshots.reduce(0) { $0 + $1.snapshot.body.count }
        }
        return batch
    }
}
