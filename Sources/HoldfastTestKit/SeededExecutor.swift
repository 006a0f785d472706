import HoldfastCore
import Synchronization

/// Runs tasks one at a time on the thread that drives it, in an order that the seed decides. Together with a
/// `ManualClock` it makes a whole runtime deterministic.
public final class SeededExecutor: TaskExecutor {
    private struct State {
        var ready: [UnownedJob] = []
        var random: SeededRandom
        var trace = TraceHash()
        var steps = 0
    }

    private let state: Mutex<State>

    public init(seed: UInt64) {
        state = Mutex(State(random: SeededRandom(seed: seed)))
    }

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.withLock { $0.ready.append(job) }
    }

    /// A digest of the order in which everything ran, and of what was noted.
    public var trace: TraceHash { state.withLock { $0.trace } }

    /// How many steps were run.
    public var steps: Int { state.withLock { $0.steps } }

    /// Adds something that happened to the trace.
    public func note(_ text: String) { state.withLock { $0.trace.add(text.utf8) } }

    /// Runs one of the tasks that are ready; `false` when none is.
    public func step() -> Bool {
        let job: UnownedJob? = state.withLock { state in
            guard !state.ready.isEmpty else { return nil }
            let choice = state.random.below(state.ready.count)
            state.trace.add(Int64(state.ready.count) << 32 | Int64(choice))
            state.steps += 1
            return state.ready.remove(at: choice)
        }
        job?.runSynchronously(on: asUnownedTaskExecutor())
        return job != nil
    }
}

/// A run came to no end.
public struct SimulationStuck: Error, CustomStringConvertible {
    public var description: String
}

/// A deterministic world: one thread, one clock that moves when nothing else can be done, one source of chance.
public final class DeterministicWorld: Sendable {
    public let executor: SeededExecutor
    public let clock: ManualClock
    private let random: Mutex<SeededRandom>

    public init(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        executor = SeededExecutor(seed: random.next())
        clock = ManualClock()
        self.random = Mutex(random.fork())
    }

    /// Draws from the world's source of chance.
    public func draw<Value>(_ body: (inout SeededRandom) -> sending Value) -> sending Value {
        random.withLock { body(&$0) }
    }

    /// Runs an asynchronous body to its end, on the calling thread.
    public func run<Value: Sendable>(
        maximumSteps: Int = 500_000, _ body: @escaping @Sendable () async throws -> Value
    ) throws -> Value {
        let box = OutcomeBox<Value>()
        Task(executorPreference: executor) {
            do { box.set(.success(try await body())) } catch { box.set(.failure(error)) }
        }
        while true {
            if let result = box.value { return try result.get() }
            guard executor.steps < maximumSteps else {
                throw SimulationStuck(description: "no end after \(maximumSteps) steps")
            }
            if executor.step() { continue }
            if box.value == nil, !clock.advanceToNextDeadline() {
                throw SimulationStuck(description: "everybody waits and nobody will wake")
            }
        }
    }
}

/// Where the outcome of a run is put.
private final class OutcomeBox<Value: Sendable>: Sendable {
    private let outcome = Mutex<Result<Value, any Error>?>(nil)

    var value: Result<Value, any Error>? { outcome.withLock { $0 } }

    func set(_ result: Result<Value, any Error>) { outcome.withLock { $0 = result } }
}
