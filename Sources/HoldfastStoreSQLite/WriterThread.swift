import Foundation
import HoldfastStore
import Logging

/// What the writer's thread does: commits batches and checkpoints. The one place that changes the database.
///
/// When a write or a sync fails at the device, nobody can know what is on the disk: the process stops and never
/// retries. A full disk is no such case: the transaction is rolled back and the next one may succeed.
final class WriterThread {
    /// The log size at which the thread checkpoints between two commits (16 MB in pages).
    private static let checkpointFrames = 4_096
    /// The log size at which it waits for readers to make the log start again.
    private static let truncateFrames = 4 * checkpointFrames

    private let writer: Writer
    private let connection: Connection
    private let journal: JournalWriter
    private let snapshots: SnapshotWriter
    private let log = FrameCounter()
    private let logger: Logger
    private var checkpointedFrames = 0

    init(writer: Writer, connection: Connection, logger: Logger) throws(StoreError) {
        self.writer = writer
        self.connection = connection
        self.logger = logger
        journal = try JournalWriter(connection)
        snapshots = try SnapshotWriter(connection)
        connection.observeLog(log)
    }

    /// Works until the writer is stopped.
    func run() {
        while let batch = writer.next(idle: { idle() }) {
            commit(batch)
            // Fewer frames than before: the log has started again.
            if log.frames < checkpointedFrames { checkpointedFrames = 0 }
            if log.frames - checkpointedFrames >= Self.checkpointFrames {
                checkpoint(truncating: log.frames >= Self.truncateFrames)
            }
        }
        checkpoint(truncating: true)
    }

    private func commit(_ batch: Writer.Batch) {
        var outcomes = [StoreError?](repeating: nil, count: batch.jobs.count)
        do throws(StoreError) {
            try transaction { () throws(StoreError) in
                for (index, job) in batch.jobs.enumerated() { outcomes[index] = try write(job) }
                for job in batch.snapshots { try snapshots.write(job) }
            }
            count(batch, outcomes)
        } catch {
            outcomes = error.code == .full ? refuse(batch, error) : batch.jobs.map(writeAlone)
        }
        for (job, outcome) in zip(batch.jobs, outcomes) { job.waiter.resume(returning: outcome) }
    }

    /// The disk is full. This holds also for those that were refused: what they ran into may be rolled back now.
    private func refuse(_ batch: Writer.Batch, _ error: StoreError) -> [StoreError?] {
        writer.count { $0.diskFull += 1 }
        logger.error("the disk is full, writes are refused", metadata: ["cause": "\(error.cause ?? error)"])
        return Array(repeating: error, count: batch.jobs.count)
    }

    /// Writes one job of a batch in which something failed unexpectedly: that must not take its neighbours with it.
    private func writeAlone(_ job: Writer.Job) -> StoreError? {
        do throws(StoreError) {
            var outcome: StoreError?
            try transaction { () throws(StoreError) in outcome = try write(job) }
            count(Writer.Batch(jobs: [job]), [outcome])
            return outcome
        } catch {
            logger.error("a write failed", metadata: ["error": "\(error)"])
            return error
        }
    }

    /// Writes one job; returns why it was refused.
    private func write(_ job: Writer.Job) throws(StoreError) -> StoreError? {
        do throws(StoreError) {
            switch job.work {
            case .append(let prepared): try journal.write(prepared)
            case .task(let task): try task(connection)
            }
            return nil
        } catch {
            guard error.isRefusal else { throw error }
            return error
        }
    }

    private func transaction(_ body: () throws(StoreError) -> Void) throws(StoreError) {
        do throws(StoreError) {
            try connection.execute("BEGIN IMMEDIATE")
            try body()
            try connection.execute("COMMIT")
        } catch {
            if error.isFatal { stopProcess(error) }
            connection.rollback()
            try? journal.reload()
            throw error
        }
    }

    private func count(_ batch: Writer.Batch, _ outcomes: [StoreError?]) {
        writer.count { statistics in
            statistics.commits += 1
            statistics.largestBatch = max(statistics.largestBatch, batch.jobs.count)
            statistics.snapshots += batch.snapshots.count
            for (job, outcome) in zip(batch.jobs, outcomes) where outcome == nil {
                guard case .append(let prepared) = job.work else { continue }
                statistics.appends += 1
                statistics.records += prepared.append.records.count
                statistics.bodyBytes += prepared.size
            }
        }
    }

    /// Checkpoints what is left in the log; returns whether there may be more to do at the next idle time.
    private func idle() -> Bool {
        guard log.frames > checkpointedFrames else { return false }
        checkpoint(truncating: log.frames >= Self.checkpointFrames)
        return log.frames > checkpointedFrames
    }

    private func checkpoint(truncating: Bool) {
        do throws(StoreError) {
            let result = try connection.checkpoint(truncating: truncating)
            checkpointedFrames = max(0, result.done)
            log.frames = max(0, result.frames)
            writer.count {
                $0.checkpoints += 1
                $0.logBytes = max(0, result.frames) * 4_096
            }
        } catch {
            if error.isFatal { stopProcess(error) }
            checkpointedFrames = log.frames
            logger.warning("a checkpoint failed", metadata: ["error": "\(error.cause ?? error)"])
        }
    }

    private func stopProcess(_ error: StoreError) -> Never {
        let message = "the disk failed while writing the journal; stopping, as nobody can know what is stored: \(error)"
        logger.critical("\(message)")
        fatalError(message)
    }
}
