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
    private let visible: Mutex<SessionState>
    private let runtime: Runtime

    init(_ state: SessionState, runtime: Runtime) {
        id = state.id
        mailbox = Mailbox(limit: runtime.limits.mailbox)
        visible = Mutex(state)
        self.runtime = runtime
    }

    /// The session as the journal has it.
    var committed: SessionState { visible.withLock { $0 } }

    /// Handles commands until the mailbox is closed.
    func run() async {
        var loop = SessionLoop(committed, mailbox: mailbox, runtime: runtime) { [self] state in
            visible.withLock { $0 = state }
        }
        runtime.counters.update { $0.activations += 1 }
        loop.startEffects()
        while let batch = await mailbox.next() {
            guard await loop.handle(batch) else {
                _ = runtime.dropped.withLock { $0.insert(id) }
                break
            }
        }
        refuse(mailbox.close())
        await loop.stop()
        _ = runtime.registry.forget(self)
        runtime.counters.update { $0.passivations += 1 }
    }

    private func refuse(_ envelopes: [Envelope]) {
        for case .request(_, _, let reply) in envelopes { reply.resume(returning: .failure(.stopping)) }
    }
}
