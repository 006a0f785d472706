import HoldfastCore
import Testing

/// A session that a test talks to, without any shell around the core.
struct SessionDriver {
    static let id = "sess_0123456789abcdefghjkmnpqrs"

    var state: SessionState
    var limits = Limits()
    var now: Milliseconds = 1_000
    private(set) var journal: [(event: SessionEvent, at: Milliseconds)]

    init(environment: SessionEnvironment = .none, spendLimit: Int? = nil) {
        let created = SessionCreated(
            project: "p", agent: AgentDefinition(id: "agent_1", model: "m"), environment: environment,
            spendLimit: spendLimit)
        state = SessionCore.start(session: Self.id, created, at: now)
        journal = [(.sessionCreated(created), now)]
    }

    /// A session with one message.
    static func asked(_ text: String = "hello") throws -> SessionDriver {
        var session = SessionDriver()
        try session.say(text)
        return session
    }

    /// Sends a command, and returns what it made happen.
    @discardableResult
    mutating func send(_ command: SessionCommand) throws(CommandError) -> [SessionEvent] {
        now += 10
        let decision = try SessionCore.decide(state, command, at: now, limits: limits)
        state = decision.state
        journal += decision.events.map { ($0, decision.time) }
        return decision.events
    }

    @discardableResult
    mutating func say(_ texts: String...) throws(CommandError) -> [SessionEvent] {
        try send(.input([.messages(texts.map { [.text($0)] })]))
    }

    /// The attempt of the model call that is due.
    var due: SessionCommand.ModelAttempt {
        SessionCommand.ModelAttempt(number: state.modelCalls + 1, attempt: state.dueCall?.attempt ?? 0)
    }

    /// The due call's answer: a text, or calls of `f…` (the client), `w…` (at_most_once), `r…` (read), `i…`
    /// (idempotent); everything else is refused.
    @discardableResult
    mutating func answer(_ text: String = "", _ calls: [String] = []) throws(CommandError) -> [SessionEvent] {
        try send(.modelAnswered(due, Self.answered(text, calls)))
    }

    static func answered(_ text: String, _ calls: [String] = []) -> ModelAnswered {
        let runners: [ToolCall.Runner] = calls.map { name in
            switch name.first {
            case "f": .client
            case "w": .server(ServerTool(effectClass: .atMostOnce, presentation: .command))
            case "r": .server(ServerTool(effectClass: .read))
            case "i": .server(ServerTool(effectClass: .idempotent))
            default: .refused("There is no tool named \(name).")
            }
        }
        return ModelAnswered(
            answer: ModelAnswer(
                text: text, calls: calls.map { .init(name: $0, arguments: "{}") },
                usage: TokenUsage(input: 10, output: 2), cost: 10_000),
            runners: runners)
    }

    @discardableResult
    mutating func stream(_ pieces: ModelPiece...) throws(CommandError) -> [SessionEvent] {
        try send(.modelPieces(due, pieces))
    }

    @discardableResult
    mutating func fail(
        _ code: ModelError.Code = .server, isRetryable: Bool = true, after: Milliseconds? = nil, jitter: Double = 0
    ) throws(CommandError) -> [SessionEvent] {
        let error = ModelError(code, "broken", isRetryable: isRetryable, retryAfter: after)
        return try send(.modelFailed(due, error, jitter: jitter))
    }

    @discardableResult
    mutating func finish(
        _ call: String, _ kind: ToolOutcome.Kind = .succeeded, _ output: String = "out", attempt: Int = 1
    ) throws(CommandError) -> [SessionEvent] {
        try send(.toolFinished(.init(call: call, attempt: attempt), ToolOutcome(kind, output: output)))
    }

    @discardableResult
    mutating func result(
        _ call: String, _ output: FunctionOutput = .text("res"), turn: String? = nil
    ) throws(CommandError) -> [SessionEvent] {
        let turn = turn ?? state.turns.last?.id ?? ""
        return try send(.input([.functionResult(turn: turn, call: call, output: output)]))
    }

    /// The ids of the open calls.
    var open: [String] { state.openCalls.map(\.id) }

    /// The ids of what must be in progress.
    var effects: [String] { SessionCore.outstanding(state).map(\.id) }

    /// What the model sees, in short.
    var context: [String] {
        Context.entries(state).map { entry in
            switch entry {
            case .system(let text): "system " + text
            case .reasoning(let summary, _): "thought " + summary
            case .customCall(_, let name, _): "call " + name
            case .other: "other"
            case .user(let parts): "user " + Self.text(parts)
            case .assistant(let text): "model " + text
            case .call(_, let name, _): "call " + name
            case .result(_, let output): "result " + Self.text(output)
            }
        }
    }

    private static func text(_ parts: [ContentPart]) -> String {
        parts.map { if case .text(let text) = $0 { text } else { "image" } }.joined(separator: "+")
    }
}

extension [SessionEvent] {
    /// The names of the events.
    var kinds: [String] { map(\.kind) }
}
