import HoldfastCore
import Synchronization

/// What models and tools do, drawn from the world's chance.
final class SimulatedBehaviour: Sendable {
    let world: DeterministicWorld
    private let isSettling = Mutex(false)

    init(world: DeterministicWorld) {
        self.world = world
    }

    /// From now on everything succeeds and comes to an end.
    func settle() { isSettling.withLock { $0 = true } }

    /// Draws, with the word whether all must go well.
    func draw<Value>(_ body: (inout SeededRandom, Bool) -> sending Value) -> sending Value {
        let settles = isSettling.withLock { $0 }
        return world.draw { body(&$0, settles) }
    }

    /// Cuts a text into pieces.
    static func cut(_ text: String, _ random: inout SeededRandom) -> [String] {
        var rest = Substring(text)
        var pieces: [String] = []
        while !rest.isEmpty {
            let size = random.number(1...12)
            pieces.append(String(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        return pieces
    }
}

/// A slow model that fails now and then, also in the middle of an answer. Its answers say which messages it saw.
struct SimulatedModel: ModelProvider {
    private struct Plan {
        var waits: [Int] = []
        var pieces: [ModelPiece] = []
        var answer = ModelAnswer()
        var error: ModelError?
    }

    let behaviour: SimulatedBehaviour

    init(_ behaviour: SimulatedBehaviour) { self.behaviour = behaviour }

    func call(
        _ request: ModelRequest, emit: @escaping @Sendable (ModelPiece) -> Void
    ) async throws(ModelError) -> ModelAnswer {
        let plan = behaviour.draw { random, settles in Self.plan(request, settles, &random) }
        do {
            try await behaviour.world.clock.sleep(for: plan.waits[0])
            for (piece, wait) in zip(plan.pieces, plan.waits.dropFirst()) {
                emit(piece)
                if wait > 0 { try await behaviour.world.clock.sleep(for: wait) }
            }
        } catch {
            throw ModelError(.connection, "cancelled", isRetryable: false)
        }
        if let error = plan.error { throw error }
        return plan.answer
    }

    private static func plan(_ request: ModelRequest, _ settles: Bool, _ random: inout SeededRandom) -> Plan {
        var plan = Plan()
        plan.answer.usage = TokenUsage(input: request.context.count, output: 3)
        plan.answer.cost = 4_000
        if random.chance(25) { plan.answer.reasoning = "I wonder about \(request.context.count) things." }
        if !settles, random.chance(45) {
            let tools = ["write", "look", "run", "ask", "nope"]
            for _ in 0..<random.number(1...3) {
                plan.answer.calls.append(.init(name: random.pick(tools), arguments: random.chance(95) ? "{}" : "{"))
            }
            if random.chance(40) { plan.answer.text = "Let me see." }
        } else {
            plan.answer.text = "I saw " + request.userTexts.joined(separator: " ")
            plan.answer.isTruncated = random.chance(3)
        }
        plan.pieces = SimulatedBehaviour.cut(plan.answer.reasoning, &random).map { .reasoning($0) }
        plan.pieces += SimulatedBehaviour.cut(plan.answer.text, &random).map { .text($0) }
        if random.chance(20) { hostWork(&plan, &random) }
        plan.pieces.removeLast(random.below(plan.pieces.count + 1) / 3)
        if !settles, random.chance(20) {
            plan.pieces.removeLast(random.below(plan.pieces.count + 1))
            plan.error = ModelError(
                random.pick([.overloaded, .server, .connection, .rateLimit]), "the model is tired",
                isRetryable: random.chance(85), retryAfter: random.chance(20) ? 3_000 : nil)
        }
        plan.waits = (0...plan.pieces.count).map { _ in random.chance(60) ? 0 : random.number(1...80) }
        plan.waits[0] = random.number(0...900)
        return plan
    }

    /// Records of tools that the provider ran, before the answer and, not streamed, behind it.
    private static func hostWork(_ plan: inout Plan, _ random: inout SeededRandom) {
        let record: JSONObject = ["id": "ws_1", "type": "web_search_call", "status": "completed"]
        plan.pieces.insert(.item(record), at: 0)
        plan.answer.output = [.item(record)] + plan.answer.orderedOutput
        if random.chance(30) { plan.answer.output.append(.item(["type": "compaction", "encrypted_content": "x"])) }
    }
}

/// Slow tools of all effect classes. They live outside the processes and remember how often each call was run.
struct SimulatedTools: ToolRunner {
    /// The tools that must not run twice.
    static let once: Set<String> = ["write", "run"]

    let runs: FakeTools
    private let behaviour: SimulatedBehaviour

    init(_ behaviour: SimulatedBehaviour, omitsStarts: Bool) {
        self.behaviour = behaviour
        let once = omitsStarts ? EffectClass.read : .atMostOnce
        runs = FakeTools([
            .fake("write", once), .fake("run", once, as: omitsStarts ? .call : .command), .fake("look", .read),
            .fake("same", .idempotent),
        ]) { invocation, emit in
            let (waits, pieces, fails) = behaviour.draw { random, settles in
                let pieces = SimulatedBehaviour.cut("output of \(invocation.name)", &random)
                return (
                    (0...pieces.count).map { _ in random.chance(50) ? 0 : random.number(1...400) }, pieces,
                    !settles && random.chance(15)
                )
            }
            for (piece, wait) in zip(pieces.dropLast(), waits) {
                emit(piece)
                do {
                    try await behaviour.world.clock.sleep(for: wait)
                } catch {
                    return ToolOutcome(.cancelled, output: "")
                }
            }
            return ToolOutcome(fails ? .failed : .succeeded, output: pieces.joined(), exitCode: fails ? 1 : 0)
        }
    }

    func tools(in environment: SessionEnvironment) -> [OfferedTool] { runs.tools(in: environment) }

    func prepare(_ environment: SessionEnvironment, session: String) async throws(ToolError) {
        let (wait, fails) = behaviour.draw { random, settles in (random.number(0...600), !settles && random.chance(8)) }
        do { try await behaviour.world.clock.sleep(for: wait) } catch { throw ToolError("cancelled") }
        if fails { throw ToolError("no room for another environment") }
    }

    func run(_ invocation: ToolInvocation, emit: @escaping @Sendable (String) -> Void) async -> ToolOutcome {
        await runs.run(invocation, emit: emit)
    }

    func remove(_ environment: SessionEnvironment, session: String) async {}
}
