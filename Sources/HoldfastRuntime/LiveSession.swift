import HoldfastCore
import HoldfastStore
import Logging
import Synchronization

/// A session in memory: one loop that takes commands, decides, appends, and only then shows what happened.
///
/// The loop is the only one that changes the state, and it does one batch at a time: load → decide → append → show →
/// perform. What readers see (`committed`) is never ahead of the disk.
final class LiveSession: Sendable {
    let id: String
    let mailbox: Mailbox
    private let visible: Mutex<(state: SessionState, isPerforming: Bool)>
    private let snapshotSeq: Int64
    private let runtime: Runtime
    private let isLoaded: Bool

    /// - Parameters:
    ///   - isLoaded: the state was read back, so a former process may have left something running.
    ///   - snapshotSeq: which event the newest snapshot was made at, 0 without one.
    init(_ state: SessionState, isLoaded: Bool, snapshotSeq: Int64 = 0, runtime: Runtime) {
        id = state.id
        self.isLoaded = isLoaded
        mailbox = Mailbox(limit: runtime.limits.mailbox)
        visible = Mutex((state, false))
        self.snapshotSeq = snapshotSeq
        self.runtime = runtime
    }

    /// The session as the journal has it.
    var committed: SessionState { visible.withLock { $0.state } }

    /// Whether it can go to sleep: nothing must be in progress, and nothing is. A model call that is under way when the
    /// budget is reached need not be, but is.
    var canSleep: Bool { visible.withLock { !$0.isPerforming && SessionCore.outstanding($0.state).isEmpty } }

    /// Handles commands until the mailbox is closed.
    func run() async {
        var loop = SessionLoop(committed, snapshotSeq: snapshotSeq, mailbox: mailbox, runtime: runtime) {
            [self] state, isPerforming in
            visible.withLock { $0 = (state, isPerforming) }
        }
        runtime.counters.update { $0.activations += 1 }
        if await begin(&loop) {
            while let batch = await mailbox.next(), await loop.handle(batch) {}
        }
        if !mailbox.isClosed { _ = runtime.dropped.withLock { $0.insert(id) } }
        refuse(mailbox.close())
        await loop.stop()
        _ = runtime.registry.forget(self)
        runtime.counters.update { $0.passivations += 1 }
    }

    /// Settles whatever a former process had under way before anything is started: a call that may have happened must
    /// not run once more.
    private func begin(_ loop: inout SessionLoop) async -> Bool {
        if isLoaded {
            guard await loop.handle([.result(.recover)]) else { return false }
        }
        loop.startEffects()
        return true
    }

    private func refuse(_ envelopes: [Envelope]) {
        for case .request(_, _, let reply) in envelopes { reply.resume(returning: .failure(.stopping)) }
    }
}
