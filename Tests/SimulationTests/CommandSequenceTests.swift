import HoldfastAPI
import HoldfastCore
import HoldfastTestKit
import Testing

@Suite("Random command sequences")
struct CommandSequenceTests {
    @Test("every invariant holds after every command", arguments: 0..<4 as Range<UInt64>)
    func invariants(part: UInt64) throws {
        for seed in (part * 150)..<(part * 150 + 150) {
            var run = CommandSequence(seed: seed)
            for _ in 0..<60 { run.step() }
            let violations = run.check()
            #expect(violations.isEmpty, "seed \(seed)")
        }
    }
}

/// A session that gets commands in no sensible order: late, repeated, unknown ones among them.
struct CommandSequence {
    private static let session = "sess_0123456789abcdefghjkmnpqrs"

    private var random: SeededRandom
    private var state: SessionState
    private var journal: [(event: SessionEvent, at: Milliseconds)]
    private var witness = SessionWitness(session: session, projection: AgentsProjection())
    private var responseWitness = ResponseWitness()
    private var limits = Limits()
    private var now: Milliseconds = 1_000
    private var violations = Violations()
    /// What was streamed by the attempt that runs, and by calls.
    private var streamed = (reasoning: "", text: "")
    private var attempts: [SessionCommand.ModelAttempt] = []
    private var calls: [SessionCommand.ToolAttempt] = []

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
        limits.modelAttempts = 3
        limits.modelCallsPerTurn = 6
        limits.turnsPerSession = 12
        let environment = random.chance(30) ? SessionEnvironment(kind: .hosted, id: "env_1") : .none
        let created = SessionCreated(
            project: "p", agent: AgentDefinition(id: "a", model: "m"), environment: environment,
            spendLimit: random.chance(30) ? random.number(0...8) : nil)
        state = SessionCore.start(session: Self.session, created, at: now)
        journal = [(.sessionCreated(created), now)]
        witness.observe(.sessionCreated(created), at: now)
    }

    /// Sends one random command.
    mutating func step() {
        now += Int64(random.below(50)) - 5
        let command = command()
        var shown: [SessionEvent] = []
        let decision: Decision
        do throws(CommandError) {
            decision = try SessionCore.decide(state, command, at: now, limits: limits) { event, _, _ in
                shown.append(event)
            }
        } catch {
            return
        }
        violations.require(shown == decision.events, "an observer sees every event", "seq \(state.seq)")
        for event in decision.events {
            let before = witness.state
            witness.observe(event, at: decision.time)
            if let before, let after = witness.state { responseWitness.observe(event, before, after, &violations) }
            journal.append((event, decision.time))
        }
        violations.require(witness.state == decision.state, "decide folds what it decides", "seq \(state.seq)")
        state = decision.state
        violations.require(
            state.activeTurn == nil || state.dueCall != nil || !state.openCalls.isEmpty,
            "after a command an active turn waits for something", "seq \(state.seq)")
        if state.dueCall?.text == nil, state.dueCall?.reasoning == nil { streamed = ("", "") }
    }

    /// What was found, with the checks of the end.
    mutating func check() -> [Violation] {
        violations.add(witness.takeViolations())
        let refolded = SessionCore.refold(session: Self.session, from: nil, journal.map { ($0.event, $0.at) })
        violations.require(refolded == state, "refolding gives the state", "seq \(state.seq)")
        let json = try? JSONParser.parse(JSONWriter.bytes(state), options: .init(maximumDepth: 512))
        violations.require(
            (json?.object).flatMap { try? SessionState($0) } == state, "a state survives its snapshot", "")
        for (event, _) in journal {
            let read = try? SessionEvent.decode(kind: event.kind, version: 1, body: event.encode())
            violations.require(read == event, "an event is read as it was written", event.kind)
        }
        checkContext()
        return violations.found
    }

    /// Each call of the conversation has one result, behind it.
    private mutating func checkContext() {
        var open: Set<String> = []
        var users = 0
        for entry in Context.entries(state) {
            switch entry {
            case .call(let id, _, _), .customCall(let id, _, _): open.insert(id)
            case .result(let id, _): violations.require(open.remove(id) != nil, "a result follows its call", id)
            case .user: users += 1
            case .system, .reasoning, .other: break
            case .assistant: violations.require(open.isEmpty, "results come before the next text", "")
            }
        }
        violations.require(open.isEmpty, "every call of the conversation has a result", "")
        let messages = state.items.count { if case .userMessage = $0.body { true } else { false } }
        violations.require(users <= messages, "a message is seen once", "\(users) of \(messages)")
    }

    private mutating func command() -> SessionCommand {
        switch random.below(100) {
        case 0..<12: .input(input())
        case 12..<18: responses()
        case 18..<40: pieces()
        case 40..<58: answer()
        case 58..<64: .modelFailed(attempt(), error(), jitter: 0.5)
        case 64..<72: output()
        case 72..<88: finish()
        case 88..<92: .recover
        case 92..<95: update()
        case 95..<99: .environment(EnvironmentChanged(status: random.chance(85) ? .connected : .failed))
        default: random.chance(30) ? .delete : .recover
        }
    }

    private mutating func responses() -> SessionCommand {
        let turn = state.turns.isEmpty ? "turn_x" : random.pick(Array(state.turns)).id
        switch random.below(12) {
        case 0..<7:
            return .respond(
                TurnRequest(["model": "m", "background": true]), bodies(), after: random.chance(30) ? turn : nil)
        case 7: return .addItems(bodies())
        case 8: return .deleteItem(state.items.isEmpty ? "msg_x" : random.pick(Array(state.items)).id)
        case 9: return .deleteResponse(turn)
        default: return .cancel(turn)
        }
    }

    /// Messages, and results of calls that a response has made.
    private mutating func bodies() -> [Item.Body] {
        (0..<random.number(0...2)).map { index in
            let calls = state.items.compactMap { if case .toolCall(let call) = $0.body { call.id } else { nil } }
            switch random.below(3) {
            case 0 where !calls.isEmpty:
                return .other([
                    "type": "function_call_output", "call_id": .string(random.pick(calls)), "output": "r",
                ])
            case 1: return .other(["type": "message", "role": "system", "content": .string("s\(state.seq).\(index)")])
            default: return .userMessage([.text("m\(state.seq).\(index)")])
            }
        }
    }

    private mutating func input() -> [SessionCommand.InputEvent] {
        (0..<random.number(0...2)).map { _ in
            switch random.below(10) {
            case 0..<5: .messages((0..<random.number(0...2)).map { [.text("m\(state.seq).\($0)")] })
            case 5: .cancel
            default:
                .functionResult(
                    turn: random.chance(90) ? state.turns.last?.id ?? "" : "turn_x", call: call().call,
                    output: random.pick([.text("r"), .error("e"), .none, .parts([.text("p")])]))
            }
        }
    }

    /// Mostly the attempt that is due, now and then one of the past.
    private mutating func attempt() -> SessionCommand.ModelAttempt {
        if !attempts.isEmpty, random.chance(12) { return random.pick(attempts) }
        let due = SessionCommand.ModelAttempt(number: state.modelCalls + 1, attempt: state.dueCall?.attempt ?? 1)
        attempts.append(due)
        return due
    }

    private mutating func call() -> SessionCommand.ToolAttempt {
        if !calls.isEmpty, random.chance(15) { return random.pick(calls) }
        guard !state.openCalls.isEmpty else { return .init(call: "call_none", attempt: 1) }
        let open = random.pick(state.openCalls)
        calls.append(.init(call: open.id, attempt: open.attempt))
        return .init(call: open.id, attempt: open.attempt)
    }

    private func isDue(_ attempt: SessionCommand.ModelAttempt) -> Bool {
        state.activeTurn != nil && state.dueCall?.attempt == attempt.attempt
            && attempt.number == state.modelCalls + 1
    }

    private mutating func pieces() -> SessionCommand {
        let attempt = attempt()
        var pieces: [ModelPiece] = []
        for _ in 0..<random.number(0...3) {
            let isReasoning = random.chance(40)
            if isDue(attempt) {
                if isReasoning { streamed.reasoning += "hm " } else { streamed.text += "so " }
            }
            pieces.append(isReasoning ? .reasoning("hm ") : .text("so "))
        }
        return .modelPieces(attempt, pieces)
    }

    private mutating func answer() -> SessionCommand {
        let attempt = attempt()
        let prefix = isDue(attempt) ? streamed : ("", "")
        let runners: [ToolCall.Runner] = (0..<(random.chance(50) ? 0 : random.number(1...4))).map { _ in
            random.pick([
                .client, .refused("no"), .server(ServerTool(effectClass: .read)),
                .server(ServerTool(effectClass: .idempotent)),
                .server(ServerTool(effectClass: .atMostOnce, presentation: .command)),
            ])
        }
        let moreReasoning = random.chance(30) ? "indeed" : ""
        let answer = ModelAnswer(
            reasoning: prefix.0 + moreReasoning, text: prefix.1 + (random.chance(60) ? "answer" : ""),
            calls: runners.map { _ in .init(name: "tool", arguments: "{}") },
            usage: TokenUsage(input: 2, output: 1), cost: 5_000, isTruncated: random.chance(10))
        return .modelAnswered(attempt, ModelAnswered(answer: answer, runners: runners))
    }

    private mutating func error() -> ModelError {
        ModelError(.server, "broken", isRetryable: random.chance(80), retryAfter: random.chance(20) ? 100 : nil)
    }

    private mutating func output() -> SessionCommand { .toolOutput(call(), random.chance(90) ? "line " : "") }

    private mutating func finish() -> SessionCommand {
        let attempt = call()
        let before = state.openCalls.first { $0.id == attempt.call }?.streamed ?? ""
        let kind = random.pick([ToolOutcome.Kind.succeeded, .succeeded, .failed, .cancelled])
        return .toolFinished(attempt, ToolOutcome(kind, output: before + "end", exitCode: 0))
    }

    private mutating func update() -> SessionCommand {
        let limit = random.chance(40) ? SessionUpdated.SpendLimit.none : .cents(random.number(0...12))
        return .update(SessionUpdated(metadata: random.chance(30) ? ["k": "v"] : nil, spendLimit: limit))
    }
}
