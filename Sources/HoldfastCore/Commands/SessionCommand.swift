/// Something that wants to happen to a session.
public enum SessionCommand: Sendable {
    /// A client's input; applied in order, as a whole or not at all. `isKeyed` when it came with an idempotency key:
    /// then it leaves an event even if it changes nothing.
    case input([InputEvent], isKeyed: Bool = false)
    case update(SessionUpdated)
    case delete
    /// The session was loaded by a new process: settle what the old one left running.
    case recover
    case environment(EnvironmentChanged)
    case modelPieces(ModelAttempt, [ModelPiece])
    case modelAnswered(ModelAttempt, ModelAnswered)
    /// `jitter` in 0..<1 spreads retries.
    case modelFailed(ModelAttempt, ModelError, jitter: Double)
    case toolOutput(ToolAttempt, String)
    case toolFinished(ToolAttempt, ToolOutcome)

    /// One event of a client's input.
    public enum InputEvent: Sendable, Equatable {
        case messages([[ContentPart]])
        case cancel
        case functionResult(turn: String, call: String, output: FunctionOutput)
    }

    /// One attempt of the due model call.
    public struct ModelAttempt: Sendable, Hashable {
        public var number: Int
        public var attempt: Int

        public init(number: Int, attempt: Int) {
            self.number = number
            self.attempt = attempt
        }
    }

    /// One attempt of a tool call.
    public struct ToolAttempt: Sendable, Hashable {
        public var call: String
        public var attempt: Int

        public init(call: String, attempt: Int) {
            self.call = call
            self.attempt = attempt
        }
    }
}

/// A command that a session refuses; nothing changed.
public enum CommandError: Error, Sendable, Equatable {
    case notFound
    /// No call with this id is waiting for a result.
    case unknownCall(String)
    /// The call waits, but in another turn than the one that was named.
    case wrongTurn(call: String)
    /// A session that works cannot be deleted.
    case running
    /// A bound of `Limits` is reached; names it.
    case limit(String)
}
