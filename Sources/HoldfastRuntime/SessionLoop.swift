import HoldfastCore
import HoldfastStore
import Logging

/// The inside of a session's loop: what one batch of commands does.
struct SessionLoop {
    private var state: SessionState
    private var head: SessionHead
    private var effects: RunningEffects
    private var snapshotSeq: Int64
    /// Keys that were bound lately; the store knows all of them.
    private var knownKeys: [String: IdempotencyRecord] = [:]
    private static let knownKeyLimit = 256
    private let mailbox: Mailbox
    private let runtime: Runtime
    private let show: (SessionState, _ isPerforming: Bool) -> Void

    init(
        _ state: SessionState, snapshotSeq: Int64, mailbox: Mailbox, runtime: Runtime,
        show: @escaping (SessionState, _ isPerforming: Bool) -> Void
    ) {
        self.state = state
        head = SessionHead(state)
        self.mailbox = mailbox
        self.runtime = runtime
        self.show = show
        self.snapshotSeq = snapshotSeq
        effects = RunningEffects(runner: runtime.effects, mailbox: mailbox, executor: runtime.executor)
    }

    /// Starts what the state says must be in progress.
    mutating func startEffects() {
        effects.reconcile(SessionCore.outstanding(state), with: state)
        show(state, !effects.isEmpty)
    }

    /// Handles what was queued as one commit.
    /// - Returns: `false` when the session must be dropped and loaded anew.
    mutating func handle(_ envelopes: [Envelope]) async -> Bool {
        var batch = CommitBatch(state, projections: runtime.projections(for: state.id))
        for envelope in envelopes { await apply(envelope, to: &batch) }
        guard !batch.events.isEmpty else {
            batch.answer(.success(state))
            return true
        }
        var open: [Effect] = []
        while true {
            do {
                open = SessionCore.outstanding(batch.state)
                try await append(batch, open: open)
                break
            } catch  where error.code == .full {
                // Requests are refused; what effects brought is kept until there is space.
                runtime.logger.warning("the disk is full", metadata: ["session": "\(state.id)"])
                batch.answer(.failure(.store(error)))
                guard let rest = batch.retryable(from: state, at: runtime.clock.now(), limits: runtime.limits) else {
                    return true
                }
                batch = rest
                do { try await runtime.clock.sleep(until: runtime.clock.now() + 1_000) } catch { return false }
                // The server may stop meanwhile; and who asks meanwhile must hear that there is no space.
                guard !mailbox.isClosed else { return false }
                for envelope in mailbox.takeQueued() { await apply(envelope, to: &batch) }
            } catch {
                runtime.logger.error(
                    "the journal refused a commit", metadata: ["session": "\(state.id)", "error": "\(error)"])
                batch.answer(.failure(.store(error)))
                return false
            }
        }
        commit(batch, open: open)
        return true
    }

    /// Ends the running effects and leaves a snapshot when one is worth it.
    mutating func stop() async {
        await effects.stop()
        await writeSnapshot()
    }

    private mutating func apply(_ envelope: Envelope, to batch: inout CommitBatch) async {
        switch envelope {
        case .request(let command, let key, let reply):
            if let key {
                switch await binding(of: key, in: batch) {
                case .success(false): break
                case .success(true): return batch.add(duplicate: reply)
                case .failure(let error): return reply.resume(returning: .failure(error))
                }
            }
            batch.apply(command, key: key, reply: reply, at: runtime.clock.now(), limits: runtime.limits)
        case .result(let command):
            batch.apply(command, key: nil, reply: nil, at: runtime.clock.now(), limits: runtime.limits)
        case .output(let buffer):
            guard let command = buffer.take() else { return }
            batch.apply(command, key: nil, reply: nil, at: runtime.clock.now(), limits: runtime.limits)
        }
    }

    /// Whether a key was used before, for the same request.
    private func binding(of key: IdempotencyRecord, in batch: CommitBatch) async -> Result<Bool, SubmitError> {
        var known = batch.keys.first { $0.key == key.key } ?? knownKeys[key.key]
        if known == nil {
            do throws(StoreError) {
                known = try await runtime.store.idempotency(session: state.id, key: key.key)
            } catch {
                return .failure(.store(error))
            }
        }
        guard let known else { return .success(false) }
        return known == key ? .success(true) : .failure(.keyReused)
    }

    private mutating func append(_ batch: CommitBatch, open: [Effect]) async throws(StoreError) {
        let next = SessionHead(batch.state, open: open)
        let epoch = runtime.store.epoch(ofPartition: Partition.of(session: state.id))
        let usage = batch.usage(after: state.seq)
        try await runtime.store.append(
            JournalAppend(
                session: state.id, epoch: epoch, records: batch.records(after: state.seq),
                head: next == head ? nil : next, idempotency: batch.keys, usage: usage))
        head = next
        for record in usage { runtime.meter?.count(record) }
    }

    /// The output gate opens: what is on the disk may be seen.
    private mutating func commit(_ batch: CommitBatch, open: [Effect]) {
        let first = state.seq + 1
        state = batch.state
        if knownKeys.count > Self.knownKeyLimit { knownKeys = [:] }
        for key in batch.keys { knownKeys[key.key] = key }
        effects.reconcile(open, with: state)
        show(state, !effects.isEmpty)
        batch.answer(.success(state))
        runtime.fanout.publish(session: state.id, from: first, through: state.seq, frames: batch.frames)
        if state.isDeleted { runtime.fanout.end(session: state.id) }
        runtime.count(batch.events.lazy.map(\.event))
        SessionLog(logger: runtime.logger).write(batch.events, of: state)
    }

    private mutating func writeSnapshot() async {
        // A snapshot holds all items, so it spares a reader the events that made none, which are mostly the pieces of
        // answers. It pays when there are many of those, and then all snapshots together stay linear in the journal.
        let limits = runtime.limits
        let worth = Int64(max(limits.snapshotEvents, limits.snapshotEventsPerItem * state.items.count))
        guard state.seq - snapshotSeq >= worth, !state.isDeleted else { return }
        let snapshot = Snapshot(
            seq: state.seq, foldVersion: SessionCore.foldVersion, body: JSONWriter.bytes(state))
        do {
            try await runtime.store.write(snapshot, session: state.id)
            snapshotSeq = state.seq
        } catch {
            runtime.logger.warning("no snapshot", metadata: ["session": "\(state.id)", "error": "\(error)"])
        }
    }
}
