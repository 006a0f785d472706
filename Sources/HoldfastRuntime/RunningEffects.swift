import HoldfastCore

/// The effects of one session that are in progress: always those that its state asks for.
struct RunningEffects {
    private var tasks: [String: (effect: Effect, task: Task<Void, Never>)] = [:]
    private let runner: EffectRunner
    private let mailbox: Mailbox
    private let executor: (any TaskExecutor)?

    init(runner: EffectRunner, mailbox: Mailbox, executor: (any TaskExecutor)?) {
        self.runner = runner
        self.mailbox = mailbox
        self.executor = executor
    }

    /// Starts what is missing and cancels what is no longer asked for.
    mutating func reconcile(with state: SessionState) {
        let wanted = SessionCore.outstanding(state)
        if !tasks.isEmpty {
            for (id, running) in inOrder
            where !wanted.contains(running.effect) && !SessionCore.isUnderWay(running.effect, in: state) {
                running.task.cancel()
                tasks[id] = nil
            }
        }
        for effect in wanted where tasks[effect.id] == nil {
            let (runner, mailbox) = (runner, mailbox)
            let task = Task(executorPreference: executor) { await runner.run(effect, of: state, to: mailbox) }
            tasks[effect.id] = (effect, task)
        }
    }

    /// Cancels everything and waits until it has ended.
    mutating func stop() async {
        for (_, running) in inOrder { running.task.cancel() }
        for (_, running) in inOrder { await running.task.value }
        tasks = [:]
    }

    /// The tasks in an order that is the same in every process.
    private var inOrder: [(key: String, value: (effect: Effect, task: Task<Void, Never>))] {
        tasks.sorted { $0.key < $1.key }
    }
}
