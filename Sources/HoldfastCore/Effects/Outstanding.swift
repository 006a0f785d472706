/// Work outside the core that must be in progress.
public enum Effect: Sendable, Equatable {
    /// The due model call.
    case modelCall(number: Int, attempt: Int, notBefore: Milliseconds)
    /// A server-side tool call.
    case tool(call: String, attempt: Int)
    /// Making the session's environment.
    case environment
    /// Removing the environment of a deleted session.
    case removal

    /// Identifies one attempt of one effect in its session.
    public var id: String {
        switch self {
        case .modelCall(let number, let attempt, _): "model:\(number):\(attempt)"
        case .tool(let call, let attempt): "tool:\(call):\(attempt)"
        case .environment: "environment"
        case .removal: "removal"
        }
    }

    /// Whether two have the same `id`.
    public func isSameAttempt(as other: Effect) -> Bool {
        switch (self, other) {
        case (.modelCall(let number, let attempt, _), .modelCall(let otherNumber, let otherAttempt, _)):
            number == otherNumber && attempt == otherAttempt
        default: self == other
        }
    }
}

extension SessionCore {
    /// The effects that must be in progress, in a fixed order: a function of the state alone.
    public static func outstanding(_ state: SessionState) -> [Effect] {
        guard !state.isDeleted else {
            return state.environment.kind == .hosted && state.environment.status != .removed ? [.removal] : []
        }
        var effects: [Effect] = []
        if state.environment.status == .pending { effects.append(.environment) }
        guard state.activeTurn != nil else { return effects }
        for open in state.openCalls {
            guard case .server(let tool) = state.call(of: open).runner else { continue }
            guard tool.effectClass != .atMostOnce || open.isStarted else { continue }
            effects.append(.tool(call: open.id, attempt: open.attempt))
        }
        if let due = state.dueCall, state.openCalls.isEmpty, !state.isBudgetReached,
            state.environment.status == .connected
        {
            effects.append(
                .modelCall(number: state.modelCalls + 1, attempt: due.attempt, notBefore: due.notBefore))
        }
        return effects
    }
}

extension SessionCore {
    /// Whether an effect that runs may go on although it would not be started now: a model call that is under way when
    /// the budget is reached ends by itself. One that still waits for its time is not under way.
    public static func isUnderWay(_ effect: Effect, in state: SessionState) -> Bool {
        guard case .modelCall(let number, let attempt, let notBefore) = effect, let due = state.dueCall
        else { return false }
        return state.activeTurn != nil && number == state.modelCalls + 1 && attempt == due.attempt
            && notBefore <= state.lastActiveAt
    }

    /// The ids of what a crash would leave unsettled: what is outstanding, and a model call that has shown a part of its
    /// answer when the budget was reached, which is not outstanding but has to be closed.
    public static func unsettled(_ state: SessionState, outstanding: [Effect]) -> [String] {
        var ids = outstanding.map(\.id)
        if let due = state.dueCall, due.reasoning != nil || due.text != nil {
            let call = Effect.modelCall(number: state.modelCalls + 1, attempt: due.attempt, notBefore: due.notBefore).id
            if !ids.contains(call) { ids.append(call) }
        }
        return ids
    }
}
