/// Something that wants to happen to a session.
public enum SessionCommand: Sendable {
    /// A client's input; applied in order, as a whole or not at all. `isKeyed` when it came with an idempotency key:
    /// then it leaves an event even if it changes nothing.
    case input([InputEvent], isKeyed: Bool = false)
    /// A Responses request. With `after`, only behind the turn with this id, as long as it is the last one.
    case respond(TurnRequest, [Item.Body], after: String?)
    /// Items that join the conversation without a model call.
    case addItems([Item.Body])
    /// The past of another conversation, for a new session.
    case branch(ItemsAdded)
    case deleteItem(String)
    /// Deletes the response of the turn with this id.
    case deleteResponse(String)
    /// Ends the turn with this id.
    case cancel(String)
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
    /// The session works: it takes no response and no items before the turn has ended.
    case busy
    /// The turn that was to be continued is not the last one any more.
    case continued
    /// There is no item or response with this id.
    case unknown(String)
    /// A bound of `Limits` is reached; names it.
    case limit(String)
}
