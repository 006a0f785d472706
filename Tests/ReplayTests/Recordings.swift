import HoldfastAPI
import HoldfastCore
import HoldfastRuntime
import HoldfastStore
import HoldfastTestKit
import Logging

/// Representative runs with fixed ids and times.
struct Recording: Sendable {
    static let session = "sess_06abcdefgh0123456789abcdef"

    let name: String
    let models: FakeModel.Body
    let script: @Sendable (Runtime, ManualClock) async throws -> Void
    var environment = SessionEnvironment.none
    /// The process is killed at this append, and a new one goes on.
    var crash: Int?
    var spendLimit: Int?

    /// Runs it and returns the journal.
    func records() throws -> [JournalRecord] {
        let world = DeterministicWorld(seed: 7)
        return try world.run {
            let memory = MemoryStore()
            let faults = crash.map { [FaultyStore.Fault.crashingAfter(append: $0)] } ?? []
            let first = runtime(FaultyStore(memory, faults: faults), world)
            let agent = AgentDefinition(
                id: "agent_06abcdefgh0123456789abcdef", version: 2, name: "Historian", model: "scripted",
                instructions: "Be brief.\nBe kind.",
                tools: [["type": "function", "name": "ask", "description": "Asks.", "parameters": ["type": "object"]]],
                settings: ["reasoning": ["effort": "low"]])
            _ = try await first.create(
                session: Self.session,
                SessionCreated(
                    project: "proj_history", agent: agent, environment: environment, metadata: ["purpose": "golden"],
                    spendLimit: spendLimit), input: [.messages([[.text("Begin, \"please\".")]])])
            try? await script(first, world.clock)
            await first.stop()
            guard crash != nil else { return memory.records(session: Self.session, after: 0, limit: .max) }
            let reopened = memory.reopened()
            let second = runtime(FaultyStore(reopened), world)
            try await second.recover()
            try await script(second, world.clock)
            await second.stop()
            return reopened.records(session: Self.session, after: 0, limit: .max)
        }
    }

    private func runtime(_ store: FaultyStore, _ world: DeterministicWorld) -> Runtime {
        let tools = FakeTools([
            .fake("shell", .atMostOnce, as: .command), .fake("read_file", .read), .fake("put", .idempotent),
        ]) { invocation, emit in
            emit("working\n")
            try? await world.clock.sleep(for: invocation.name == "shell" ? 700 : 300)
            return ToolOutcome(
                invocation.name == "put" ? .failed : .succeeded, output: "working\n\(invocation.name) é",
                exitCode: 0, duration: 700)
        }
        let clock = world.clock
        let model = FakeModel { (request, number, emit) throws(ModelError) in
            try? await clock.sleep(for: 40)
            let answer = try await models(request, number, emit)
            try? await clock.sleep(for: 10)
            return answer
        }
        var dependencies = Runtime.Dependencies(
            store: store, models: model, tools: tools, projection: AgentsProjection(),
            logger: Logger(label: "recording", factory: { _ in SwiftLogNoOpLogHandler() }))
        dependencies.clock = world.clock
        dependencies.executor = world.executor
        dependencies.jitter = { 0.25 }
        return Runtime(dependencies)
    }

    fileprivate static func say(_ runtime: Runtime, _ events: SessionCommand.InputEvent...) async throws {
        _ = try await runtime.submit(.input(events), to: session, project: "proj_history")
    }

    fileprivate static func message(_ text: String) -> SessionCommand.InputEvent {
        .messages([[.text(text), .image(url: "data:image/png;base64,AA==")]])
    }

    fileprivate static func state(_ runtime: Runtime) async throws -> SessionState {
        guard let state = try await runtime.state(of: session, project: "proj_history") else {
            throw HistoryError(text: "the session is gone")
        }
        return state
    }
}

extension Recording {
    static let all = [turns, tools, environment, responses]

    static let turns = Recording(
        name: "turns",
        models: { (_, number, emit) throws(ModelError) in
            emit(.reasoning("Let me think"))
            emit(.text("Entry "))
            if number == 1 { throw ModelError(.overloaded, "too much to do", isRetryable: true, retryAfter: 900) }
            return ModelAnswer(
                reasoning: "Let me think.", text: "Entry \(number)",
                usage: TokenUsage(input: 100, cached: 20, output: 10, reasoning: 4), cost: 12_345,
                isTruncated: number == 5)
        },
        script: { runtime, clock in
            try await clock.sleep(for: 20)
            try await say(runtime, message("and this"))
            try await clock.sleep(for: 10_000)
            try await say(runtime, message("second"))
            try await clock.sleep(for: 45)
            try await say(runtime, .cancel, message("third"))
            try await clock.sleep(for: 5_000)
            _ = try await runtime.submit(
                .update(SessionUpdated(metadata: ["k": "v"], spendLimit: .cents(1))), to: session,
                project: "proj_history")
            try await say(runtime, message("too dear"))
            try await clock.sleep(for: 5_000)
            try await say(runtime, .cancel)
        })

    static let tools = Recording(
        name: "tools",
        models: { (request, _, emit) throws(ModelError) in
            let results = request.context.count { if case .result = $0 { true } else { false } }
            switch results {
            case 0:
                emit(.text("Working"))
                return ModelAnswer(
                    text: "Working on it.",
                    calls: ["shell", "read_file", "put", "ask", "dream"].map {
                        .init(name: $0, arguments: "{\"command\":\"ls \\u00e9\"}")
                    }, usage: TokenUsage(input: 10, output: 5))
            case 5:
                return ModelAnswer(
                    calls: [.init(name: "shell", arguments: "{\"command\":\"make\"}")],
                    usage: TokenUsage(input: 20, output: 5))
            default:
                emit(.text("All "))
                return ModelAnswer(text: "All done.", usage: TokenUsage(input: 30, output: 5))
            }
        },
        script: { runtime, clock in
            try await clock.sleep(for: 2_000)
            let state = try await state(runtime)
            if let call = state.clientCalls.first, let turn = state.activeTurn {
                try await say(
                    runtime,
                    .functionResult(
                        turn: turn.id, call: call.id, output: .parts([.text("yes"), .image(url: "https://e.x/i.png")])))
            }
            try await clock.sleep(for: 5_000)
        }, crash: 4)

    static let responses = Recording(
        name: "responses",
        models: { (request, number, emit) throws(ModelError) in
            switch number {
            case 2:
                emit(.reasoning("Hm. "))
                return ModelAnswer(
                    reasoning: "Hm. ", replay: ["p": ["signature": "s"]],
                    calls: [
                        .init(name: "ask", arguments: "{\"q\": 1}"),
                        .init(name: "patch", arguments: "*** é", isCustom: true),
                    ], usage: TokenUsage(input: 10, cached: 2, cacheWrite: 3, output: 5, reasoning: 1))
            case 3:
                return ModelAnswer(
                    text: "As you said", annotations: [["type": "url_citation", "url": "https://e.x"]],
                    logprobs: [["token": "As", "logprob": -0.5]], usage: TokenUsage(input: 20, output: 3),
                    isTruncated: true)
            case 4: return ModelAnswer(refusal: "No.", usage: TokenUsage(input: 9, output: 1), isFiltered: true)
            case 5: throw ModelError(.invalidRequest, "not this", isRetryable: false)
            default: return ModelAnswer(text: "Answer \(number)", usage: TokenUsage(input: 1, output: 1))
            }
        },
        script: { runtime, clock in
            func send(_ command: SessionCommand) async throws {
                _ = try await runtime.submit(command, to: session, project: "proj_history")
                try await clock.sleep(for: 3_000)
            }
            try await clock.sleep(for: 3_000)
            let request = TurnRequest([
                "model": "m", "instructions": "Be short.", "background": true,
                "tools": [["type": "function", "name": "ask"], ["type": "custom", "name": "patch"]],
            ])
            try await send(
                .addItems([
                    .other(["type": "message", "role": "developer", "content": "x"]), .userMessage([.text("known")]),
                ]))
            try await send(.respond(request, [.userMessage([.text("Go é")])], after: nil))
            let calls = try await state(runtime).items.compactMap { item -> String? in
                if case .toolCall(let call) = item.body { call.id } else { nil }
            }
            let results = calls.map { call in
                Item.Body.other(["type": "function_call_output", "call_id": .string(call), "output": "done"])
            }
            try await send(.respond(request, results, after: state(runtime).turns.last?.id))
            try await send(.respond(request, [.other(["type": "never_heard_of", "n": 1])], after: nil))
            try await send(
                .respond(request, [.userMessage([.image(url: "https://e.x/i.png", detail: "low")])], after: nil))
            try await send(.deleteItem(state(runtime).items[2].id))
            try await send(.deleteResponse(state(runtime).turns[2].id))
        })

    static let environment = Recording(
        name: "environment",
        models: { (_, number, _) throws(ModelError) in
            if number > 1 { throw ModelError(.authentication, "the key was refused", isRetryable: false) }
            return ModelAnswer(text: "Ready.", usage: TokenUsage(input: 3, output: 1))
        },
        script: { runtime, clock in
            try await clock.sleep(for: 3_000)
            try await say(runtime, message("again"))
            try await clock.sleep(for: 3_000)
            _ = try await runtime.submit(.delete, to: session, project: "proj_history")
        }, environment: SessionEnvironment(kind: .hosted, id: "env_06abcdefgh0123456789abcdef", size: "large"))
}
