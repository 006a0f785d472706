import HoldfastCore
public import HoldfastRuntime
import HoldfastStore
import Logging
import Synchronization

/// A safeguard that a control takes away. A checker that finds nothing then checks nothing.
public enum SimulationControl: String, Sendable, CaseIterable {
    /// Appends are acknowledged before they are durable.
    case acknowledgesEarly
    /// Idempotency keys are forgotten.
    case forgetsKeys
    /// Tools that must not run twice are started without a record of it.
    case omitsStarts
}

/// What is simulated.
public struct SimulationOptions: Sendable {
    public var seed: UInt64
    public var projection: any StreamProjection
    public var sessions = 2
    /// Inputs that each session's client sends.
    public var inputs = 4
    /// The most crashes in one run.
    public var crashes = 3
    public var control: SimulationControl?

    public init(seed: UInt64, projection: any StreamProjection, control: SimulationControl? = nil) {
        self.seed = seed
        self.projection = projection
        self.control = control
    }
}

/// What came out of a simulation.
public struct SimulationReport: Sendable {
    public var seed: UInt64
    /// The same for the same seed.
    public var trace: TraceHash
    public var violations: [Violation]
    /// How often things happened that a simulation should make happen.
    public var coverage: [String: Int]
}

/// Whole runtimes on a manual clock and one thread, with crashes, slow and failing models and tools, and clients that
/// repeat themselves. Everything follows from the seed.
public final class Simulation: Sendable {
    struct State {
        var violations = Violations()
        var coverage: [String: Int] = [:]
        var witnesses: [String: SessionWitness] = [:]
        var isSettling = false
        var isOver = false
        var memory = MemoryStore()
        var crashes = 0
        var node: SimulatedNode?
    }

    let options: SimulationOptions
    let world: DeterministicWorld
    let state = Mutex(State())
    let tools: SimulatedTools
    let models: SimulatedModel

    init(_ options: SimulationOptions) {
        self.options = options
        world = DeterministicWorld(seed: options.seed)
        let behaviour = SimulatedBehaviour(world: world)
        tools = SimulatedTools(behaviour, omitsStarts: options.control == .omitsStarts)
        models = SimulatedModel(behaviour)
    }

    /// Runs one simulation to its end.
    public static func run(_ options: SimulationOptions) -> SimulationReport {
        let simulation = Simulation(options)
        do {
            try simulation.world.run { await simulation.main() }
        } catch {
            simulation.require(false, "a run comes to an end", "\(error)")
        }
        return simulation.state.withLock { state in
            SimulationReport(
                seed: options.seed, trace: simulation.world.executor.trace, violations: state.violations.found,
                coverage: state.coverage)
        }
    }

    private func main() async {
        await startNode()
        let clients = (0..<options.sessions).map { SimulatedClient(number: $0, simulation: self) }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.supervise() }
            for client in clients {
                let reader = SimulatedReader(session: client.session, simulation: self)
                group.addTask { await reader.run() }
            }
            await withTaskGroup(of: Void.self) { group in
                for client in clients { group.addTask { await client.work() } }
            }
            state.withLock { $0.isSettling = true }
            models.behaviour.settle()
            for client in clients { await client.settle() }
            await endNode()
        }
        for client in clients { await check(client) }
    }

    // MARK: What is noted

    var isSettling: Bool { state.withLock { $0.isSettling } }
    var hasFailed: Bool { state.withLock { !$0.violations.found.isEmpty } }
    var isOver: Bool { state.withLock { $0.isOver } }
    var memory: MemoryStore { state.withLock { $0.memory } }
    var node: SimulatedNode? { state.withLock { $0.node } }

    func require(_ condition: Bool, _ invariant: String, _ details: @autoclosure () -> String) {
        guard !condition else { return }
        let details = details()
        state.withLock { $0.violations.require(false, invariant, details) }
    }

    func count(_ what: String) {
        state.withLock { $0.coverage[what, default: 0] += 1 }
    }

    func pause(_ range: ClosedRange<Int>) async {
        let wait = world.draw { $0.number(range) }
        try? await world.clock.sleep(for: wait)
    }

    /// Everything that became durable is checked, event by event.
    func observe(_ session: String) {
        state.withLock { state in
            // Taken out, so that it is changed in place.
            var witness =
                state.witnesses.removeValue(forKey: session)
                ?? SessionWitness(session: session, projection: options.projection)
            let known = witness.state?.seq ?? 0
            let records = state.memory.records(session: session, after: known, limit: .max)
            for record in records {
                witness.observe(record)
                state.coverage[record.kind, default: 0] += 1
                world.executor.note("\(session) \(record.seq) \(record.kind)")
            }
            if let after = witness.state, let row = state.memory.session(session) {
                witness.require(
                    row.head == SessionHead(after) && row.headSeq == after.seq,
                    "the catalog says what the journal says", "\(session) seq \(after.seq)")
            }
            state.violations.add(witness.takeViolations())
            state.witnesses[session] = witness
        }
    }

    func witness(_ session: String) -> SessionWitness? { state.withLock { $0.witnesses[session] } }
}
