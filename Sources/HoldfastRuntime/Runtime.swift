public import HoldfastCore
public import HoldfastStore
public import Logging
import Synchronization

/// The shell around the pure core: holds live sessions, journals what they decide, performs their effects, and hands
/// out what was committed.
public final class Runtime: Sendable {
    let store: any Store
    let effects: EffectRunner
    private let projections: [StreamDialect: any StreamProjection]
    public let clock: any RuntimeClock
    public let limits: Limits
    let logger: Logger
    let meter: UsageMeter?
    let executor: (any TaskExecutor)?
    let loader: StateLoader
    public let fanout: EventFanout
    let counters: CounterBox
    let registry: SessionRegistry
    /// Sessions that a failed commit threw out of memory; loaded anew by and by.
    let dropped = Mutex<Set<String>>([])

    /// What a runtime is made of.
    public struct Dependencies: Sendable {
        public var store: any Store
        public var models: any ModelProvider
        public var tools: any ToolRunner
        /// How a session shows in each dialect that is served.
        public var projections: [StreamDialect: any StreamProjection]
        public var clock: any RuntimeClock
        public var limits: Limits
        public var logger: Logger
        /// Where sessions and effects run; `nil` is the global pool. Simulations bring a seeded one.
        public var executor: (any TaskExecutor)?
        /// Where usage goes that no answer in the journal tells, and what counts it; `nil` to keep no such books.
        public var meter: UsageMeter?
        /// Spreads retries: a number in 0..<1. Simulations bring a seeded one.
        public var jitter: @Sendable () -> Double

        public init(
            store: any Store, models: any ModelProvider, tools: any ToolRunner, projection: any StreamProjection,
            logger: Logger
        ) {
            self.store = store
            self.models = models
            self.tools = tools
            projections = [.agents: projection]
            self.logger = logger
            clock = SystemClock()
            limits = Limits()
            jitter = { Double.random(in: 0..<1) }
        }
    }

    public init(_ dependencies: Dependencies) {
        store = dependencies.store
        projections = dependencies.projections
        clock = dependencies.clock
        limits = dependencies.limits
        logger = dependencies.logger
        executor = dependencies.executor
        meter = dependencies.meter
        loader = StateLoader(store: dependencies.store)
        fanout = EventFanout(limits: dependencies.limits)
        counters = CounterBox()
        registry = SessionRegistry(clock: dependencies.clock)
        effects = EffectRunner(
            models: dependencies.models, tools: dependencies.tools, clock: dependencies.clock, counters: counters,
            limits: dependencies.limits, meter: dependencies.meter, jitter: dependencies.jitter)
    }

    /// What was counted since the start.
    public var statistics: RuntimeCounters { counters.values }

    /// How a session shows in a dialect.
    public func projection(_ dialect: StreamDialect) -> any StreamProjection {
        guard let projection = projections[dialect] else {
            preconditionFailure("no stream is opened in a dialect that is not served")
        }
        return projection
    }

    /// The projections for those who follow a session.
    func projections(for session: String) -> [StreamDialect: any StreamProjection] {
        let dialects = fanout.dialects(of: session)
        return dialects.isEmpty ? [:] : projections.filter { dialects.contains($0.key) }
    }

    /// How many sessions are in memory.
    public var liveSessionCount: Int { registry.count }

    /// Creates a session, with a first input if there is one; both become durable together.
    public func create(
        session: String, _ created: SessionCreated, input: [SessionCommand.InputEvent]
    ) async throws(SubmitError) -> SessionState {
        try await create(session: session, created, first: input.isEmpty ? [] : [.input(input)])
    }

    /// Creates a session with its first commands; all become durable together.
    public func create(
        session: String, _ created: SessionCreated, first commands: [SessionCommand]
    ) async throws(SubmitError) -> SessionState {
        guard !registry.isStopping else { throw .stopping }
        let time = clock.now()
        var events: [SessionEvent] = [.sessionCreated(created)]
        var state = SessionCore.start(session: session, created, at: time)
        for command in commands {
            do throws(CommandError) {
                let decision = try SessionCore.decide(state, command, at: time, limits: limits)
                events += decision.events
                state = decision.state
            } catch {
                throw .refused(error)
            }
        }
        let records = events.enumerated().map { index, event in
            JournalRecord(
                seq: Int64(index) + 1, kind: event.kind, version: SessionEvent.version, at: time, body: event.encode())
        }
        let append = JournalAppend(
            session: session, epoch: store.epoch(ofPartition: Partition.of(session: session)), records: records,
            head: SessionHead(state))
        var isNew = false
        do throws(StoreError) {
            // In the registry's hands from before the append: a recovery that finds the session must not load it too.
            _ = try await registry.session(session, executor: executor) { [self] () throws(StoreError) in
                try await store.append(append)
                isNew = true
                return LiveSession(state, isLoaded: false, runtime: self)
            }
        } catch {
            throw .store(error)
        }
        guard isNew else {
            throw registry.isStopping
                ? .stopping : .store(StoreError(.conflict, "the session \(session) exists already"))
        }
        count(events)
        return state
    }

    /// Sends a command to a session and waits until what it did is durable.
    /// - Parameters:
    ///   - project: whose session it must be; another project's is not found.
    ///   - idempotency: makes a repetition of the same request do nothing.
    /// - Returns: the session right after the command.
    public func submit(
        _ command: SessionCommand, to session: String, project: String, idempotency: IdempotencyRecord? = nil
    ) async throws(SubmitError) -> SessionState {
        while true {
            let live = try await activate(session)
            guard live.committed.project == project else { throw .refused(.notFound) }
            let result: Result<SessionState, SubmitError>? = await withCheckedContinuation { outer in
                // The reply goes through the mailbox; a full or closed one answers here.
                Self.push(command, idempotency, to: live.mailbox, outer)
            }
            if let result { return try result.get() }
            guard registry.forget(live) else { throw .stopping }
        }
    }

    private static func push(
        _ command: SessionCommand, _ key: IdempotencyRecord?, to mailbox: Mailbox,
        _ outer: CheckedContinuation<Result<SessionState, SubmitError>?, Never>
    ) {
        let reply = Reply { outer.resume(returning: $0) }
        switch mailbox.push(.request(command, key, reply)) {
        case .accepted: break
        case .full: outer.resume(returning: .failure(.overloaded))
        case .closed: outer.resume(returning: nil)
        }
    }

    /// A session as the journal has it; `nil` when the project has no such session.
    public func state(of session: String, project: String) async throws(StoreError) -> SessionState? {
        let state: SessionState?
        if let live = registry.live(session) {
            state = live.committed
        } else {
            state = try await loader.state(session: session)
        }
        guard let state, state.project == project, !state.isDeleted else { return nil }
        return state
    }

    /// A session of the project, brought into memory: for whoever will send it a command that depends on its state.
    /// - Throws: `.refused(.notFound)` when the project has no such session.
    public func wake(_ session: String, project: String) async throws(SubmitError) -> SessionState {
        let state = try await activate(session).committed
        guard state.project == project, !state.isDeleted else { throw .refused(.notFound) }
        return state
    }

    /// The session in memory, loaded if need be.
    func activate(_ session: String) async throws(SubmitError) -> LiveSession {
        let live: LiveSession?
        do throws(StoreError) {
            live = try await registry.session(session, executor: executor) { [self] () throws(StoreError) in
                guard let (state, snapshotSeq) = try await loader.load(session: session),
                    !state.isDeleted || !SessionCore.outstanding(state).isEmpty
                else { return nil }
                return LiveSession(state, isLoaded: true, snapshotSeq: snapshotSeq, runtime: self)
            }
        } catch {
            throw .store(error)
        }
        guard let live else { throw registry.isStopping ? .stopping : .refused(.notFound) }
        return live
    }

    func count(_ events: some Collection<SessionEvent>) {
        counters.update { counters in
            counters.commits += 1
            counters.events += events.count
            for event in events {
                switch event {
                case .modelAnswered(let answered):
                    counters.inputTokens += answered.answer.usage.input
                    counters.outputTokens += answered.answer.usage.output
                case .toolFinished(let finished) where finished.outcome.kind == .unknown: counters.toolsUnknown += 1
                case .turnEnded(let ended):
                    switch ended.status {
                    case .completed: counters.turnsCompleted += 1
                    case .failed: counters.turnsFailed += 1
                    default: counters.turnsCancelled += 1
                    }
                default: break
                }
            }
        }
    }
}
