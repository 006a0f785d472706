import HoldfastCore
import HoldfastRuntime
import HoldfastStore
import HoldfastTestKit
import Logging

/// A runtime on a store in memory, in a deterministic world.
struct RuntimeFixture: Sendable {
    static let session = "sess_00000000000000000000000001"

    let world: DeterministicWorld
    var store: any Store
    var model: FakeModel
    var tools = FakeTools(.fake("write", .atMostOnce), .fake("look", .read))
    var limits = Limits()

    init(_ world: DeterministicWorld, store: any Store = MemoryStore(), model: FakeModel) {
        self.world = world
        self.store = store
        self.model = model
    }

    /// A model that answers with the number of the call.
    init(_ world: DeterministicWorld, store: any Store = MemoryStore()) {
        self.init(
            world, store: store,
            model: FakeModel { _, number, emit in
                emit(.text("answer "))
                return ModelAnswer(text: "answer \(number)")
            })
    }

    /// A new process on the store.
    func start() -> Runtime {
        var dependencies = Runtime.Dependencies(
            store: store, models: model, tools: tools, projection: PlainProjection(),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        dependencies.clock = world.clock
        dependencies.executor = world.executor
        dependencies.limits = limits
        dependencies.jitter = { 0 }
        return Runtime(dependencies)
    }

    /// Runs the housekeeping of a process for a while.
    func maintain(_ runtime: Runtime, for time: Int) async {
        let keeper = Task(executorPreference: world.executor) { _ = try? await runtime.maintain() }
        try? await world.clock.sleep(for: time)
        keeper.cancel()
        await keeper.value
    }

    static func created(functions: [String] = []) -> SessionCreated {
        let tools = functions.map { name -> JSON in
            ["type": "function", "name": .string(name), "parameters": [:]]
        }
        return SessionCreated(project: "p", agent: AgentDefinition(id: "agent_1", model: "m", tools: tools))
    }

    static func message(_ text: String) -> SessionCommand.InputEvent { .messages([[.text(text)]]) }

    /// Waits until the session has nothing to do.
    func rest(_ runtime: Runtime, _ session: String = session) async throws -> SessionState {
        while true {
            if let state = try await runtime.state(of: session, project: "p"), state.activeTurn == nil { return state }
            try await world.clock.sleep(for: 10)
        }
    }

    /// Reads a stream until it has seen everything up to an event.
    static func read(_ stream: SessionStream, through seq: Int64) async throws -> [StreamFrame] {
        var frames: [StreamFrame] = []
        while (frames.last?.position.seq ?? 0) < seq {
            guard case .frames(let new) = try await stream.next() else { continue }
            frames += new
        }
        return frames
    }
}

extension Runtime {
    /// Sends input to the session of the fixture.
    func send(
        _ events: SessionCommand.InputEvent..., key: String? = nil, print: UInt8 = 1, project: String = "p",
        to session: String = RuntimeFixture.session
    ) async throws(SubmitError) -> SessionState {
        try await submit(
            .input(events), to: session, project: project,
            idempotency: key.map { IdempotencyRecord(key: $0, fingerprint: [print]) })
    }
}

extension SubmitError {
    /// A short name of the error, to compare.
    var name: String {
        switch self {
        case .refused(let error): "refused \(error)"
        case .overloaded: "overloaded"
        case .keyReused: "keyReused"
        case .store(let error): "store \(error.code)"
        case .stopping: "stopping"
        }
    }
}

/// The name of the error that a body throws.
func errorName(_ body: () async throws(SubmitError) -> Void) async -> String? {
    do throws(SubmitError) {
        try await body()
        return nil
    } catch {
        return error.name
    }
}
