import HoldfastCore
import HoldfastRuntime
import HoldfastStore
import Logging
import Synchronization

/// One process: a runtime on a store that can crash.
struct SimulatedNode: Sendable {
    var number: Int
    var runtime: Runtime
    var store: FaultyStore
    var service: Task<Void, Never>
}

extension Simulation {
    private static let limits: Limits = {
        var limits = Limits()
        limits.mailbox = 64
        limits.liveSessions = 1
        limits.sessionIdleTime = 2_000
        limits.streamBuffer = 2_048
        limits.modelCallsPerTurn = 10
        limits.snapshotEvents = 16
        limits.snapshotEventsPerItem = 0
        return limits
    }()

    /// Starts a process on what survived.
    func startNode() async {
        let memory = state.withLock { state in
            state.memory = state.memory.reopened()
            return state.memory
        }
        let isCrashing = !isSettling && state.withLock { $0.crashes } < options.crashes
        let faults = world.draw { random in Self.faults(isCrashing, &random) }
        let store =
            options.control == .acknowledgesEarly
            ? FaultyStore(droppingUnsynced: memory, faults: faults) : FaultyStore(memory, faults: faults)
        var hooks = HookedStore.Hooks()
        hooks.forgetsKeys = options.control == .forgetsKeys
        hooks.beforeAppend = { [self] _ in await beCommitting() }
        hooks.afterAppend = { [self] append, _ in
            observe(append.session)
            await beCommitting()
        }
        let logger = Logger(label: "simulation", factory: { _ in SwiftLogNoOpLogHandler() })
        var dependencies = Runtime.Dependencies(
            store: HookedStore(store, hooks), models: models, tools: tools, projection: options.projection,
            logger: logger)
        dependencies.clock = world.clock
        dependencies.limits = Self.limits
        dependencies.executor = world.executor
        dependencies.jitter = { [world] in world.draw { Double($0.below(1_000)) / 1_000 } }
        let runtime = Runtime(dependencies)
        let service = Task(executorPreference: world.executor) { _ = try? await runtime.maintain() }
        state.withLock { state in
            state.node = SimulatedNode(
                number: (state.node?.number ?? 0) + 1, runtime: runtime, store: store, service: service)
        }
    }

    private static func faults(_ isCrashing: Bool, _ random: inout SeededRandom) -> [FaultyStore.Fault] {
        var faults: [FaultyStore.Fault] = []
        if isCrashing {
            let append = random.number(1...25)
            faults.append(random.chance(50) ? .crashingBefore(append: append) : .crashingAfter(append: append))
            if random.chance(20) { faults.append(.failing(append: random.number(2...20), .full)) }
            if random.chance(15) { faults.append(.failing(append: random.number(2...20), .failed)) }
        }
        return faults
    }

    /// A commit takes its time, before and after it is durable.
    private func beCommitting() async {
        let wait = world.draw { $0.chance(50) ? 0 : $0.chance(4) ? 400 : $0.number(1...6) }
        if wait > 0 { try? await world.clock.sleep(for: wait) }
    }

    /// Watches the process: restarts it when it has died, and kills it now and then.
    func supervise() async {
        while !isOver {
            await pause(20...120)
            guard let node, !isOver else { return }
            let kills = !isSettling && world.draw { $0.chance(1) } && state.withLock { $0.crashes } < options.crashes
            if kills { node.store.crash() }
            guard node.store.isCrashed else { continue }
            count("crash")
            if node.runtime.statistics.passivations > 0 { count("slept") }
            state.withLock { $0.crashes += 1 }
            node.service.cancel()
            if world.draw({ $0.chance(50) }) {
                // The dead process's tasks may linger a little while the new one works already.
                await startNode()
                await node.runtime.stop()
            } else {
                await node.runtime.stop()
                await pause(0...300)
                await startNode()
            }
        }
    }

    /// The planned end: everything durable, nothing running.
    func endNode() async {
        state.withLock { $0.isOver = true }
        guard let node else { return }
        try? await node.store.sync()
        node.service.cancel()
        await node.runtime.stop()
        await node.service.value
    }
}
