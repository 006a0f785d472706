/// A fact in a session's journal. The kinds are closed; a body's version rises when its shape changes, and an upcaster
/// turns older bodies into the newest shape (`SessionEvent.decode`).
public enum SessionEvent: Sendable, Equatable {
    case sessionCreated(SessionCreated)
    case sessionUpdated(SessionUpdated)
    case sessionDeleted
    case environmentChanged(EnvironmentChanged)
    case inputReceived(InputReceived)
    case inputIgnored(InputIgnored)
    case functionResultReceived(FunctionResultReceived)
    case responseRequested(ResponseRequested)
    case responseDeleted(ResponseDeleted)
    case itemsAdded(ItemsAdded)
    case itemDeleted(ItemDeleted)
    case modelDelta(ModelDelta)
    case modelAnswered(ModelAnswered)
    case modelAttemptFailed(ModelAttemptFailed)
    case toolStarted(ToolStarted)
    case toolOutput(ToolOutput)
    case toolInterrupted(ToolInterrupted)
    case toolFinished(ToolFinished)
    case turnEnded(TurnEnded)

    /// The name under which the event is stored.
    public var kind: String {
        switch self {
        case .sessionCreated: "session.created"
        case .sessionUpdated: "session.updated"
        case .sessionDeleted: "session.deleted"
        case .environmentChanged: "environment.changed"
        case .inputReceived: "input.received"
        case .inputIgnored: "input.ignored"
        case .functionResultReceived: "function_result.received"
        case .responseRequested: "response.requested"
        case .responseDeleted: "response.deleted"
        case .itemsAdded: "items.added"
        case .itemDeleted: "item.deleted"
        case .modelDelta: "model.delta"
        case .modelAnswered: "model.answered"
        case .modelAttemptFailed: "model.attempt_failed"
        case .toolStarted: "tool.started"
        case .toolOutput: "tool.output"
        case .toolInterrupted: "tool.interrupted"
        case .toolFinished: "tool.finished"
        case .turnEnded: "turn.ended"
        }
    }

    /// The version of the body that this program writes.
    public static let version = 1

    /// The event's body as JSON.
    public func encode() -> [UInt8] {
        switch self {
        case .sessionCreated(let event): JSONWriter.bytes(event)
        case .sessionUpdated(let event): JSONWriter.bytes(event)
        case .sessionDeleted: Array("{}".utf8)
        case .environmentChanged(let event): JSONWriter.bytes(event)
        case .inputReceived(let event): JSONWriter.bytes(event)
        case .inputIgnored(let event): JSONWriter.bytes(event)
        case .functionResultReceived(let event): JSONWriter.bytes(event)
        case .responseRequested(let event): JSONWriter.bytes(event)
        case .responseDeleted(let event): JSONWriter.bytes(event)
        case .itemsAdded(let event): JSONWriter.bytes(event)
        case .itemDeleted(let event): JSONWriter.bytes(event)
        case .modelDelta(let event): JSONWriter.bytes(event)
        case .modelAnswered(let event): JSONWriter.bytes(event)
        case .modelAttemptFailed(let event): JSONWriter.bytes(event)
        case .toolStarted(let event): JSONWriter.bytes(event)
        case .toolOutput(let event): JSONWriter.bytes(event)
        case .toolInterrupted(let event): JSONWriter.bytes(event)
        case .toolFinished(let event): JSONWriter.bytes(event)
        case .turnEnded(let event): JSONWriter.bytes(event)
        }
    }
}
