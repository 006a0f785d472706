import HoldfastCore

/// The effects of one session that are in progress: always those that its state asks for.
struct RunningEffects {
    /// In the order in which they were started, so that it is the same in every process.
    private var running: [(effect: Effect, task: Task<Void, Never>)] = []
    private let runner: EffectRunner
    private let mailbox: Mailbox
    private let executor: (any TaskExecutor)?

    init(runner: EffectRunner, mailbox: Mailbox, executor: (any TaskExecutor)?) {
        self.runner = runner
        self.mailbox = mailbox
        self.executor = executor
    }

    /// Whether anything is in progress.
    var isEmpty: Bool { running.isEmpty }

    /// Starts what is missing and cancels what is no longer asked for; `wanted` is what is outstanding in the state.
    mutating func reconcile(_ wanted: [Effect], with state: SessionState) {
        running.removeAll { entry in
            guard !wanted.contains(entry.effect), !SessionCore.isUnderWay(entry.effect, in: state) else { return false }
            entry.task.cancel()
            return true
        }
        for effect in wanted where !running.contains(where: { $0.effect.isSameAttempt(as: effect) }) {
            let (runner, mailbox) = (runner, mailbox)
            let task = Task(executorPreference: executor) { await runner.run(effect, of: state, to: mailbox) }
            running.append((effect, task))
        }
    }

    /// Cancels everything and waits until it has ended.
    mutating func stop() async {
        for (_, task) in running { task.cancel() }
        for (_, task) in running { await task.value }
        running = []
    }
}
