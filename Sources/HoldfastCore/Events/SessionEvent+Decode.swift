/// A stored event cannot be read by this program.
public struct EventDecodingError: Error, Sendable, Equatable, CustomStringConvertible {
    public var kind: String
    public var version: Int
    public var reason: String

    public var description: String { "event \(kind) version \(version): \(reason)" }
}

extension SessionEvent {
    /// Reads a stored event of any version that was ever released.
    /// - Throws: `EventDecodingError` for an unknown kind, a newer version or a damaged body.
    public static func decode(kind: String, version: Int, body: [UInt8]) throws(EventDecodingError) -> SessionEvent {
        guard version <= Self.version else {
            throw EventDecodingError(kind: kind, version: version, reason: "written by a newer release")
        }
        do {
            guard let object = try JSONParser.parse(body, options: .init(maximumDepth: 512)).object else {
                throw JSONReadError(name: "body", expected: "an object")
            }
            if let event = try read(kind: kind, EventUpcasters.upcast(object, kind: kind, from: version)) {
                return event
            }
        } catch {
            throw EventDecodingError(kind: kind, version: version, reason: "\(error)")
        }
        throw EventDecodingError(kind: kind, version: version, reason: "an unknown kind")
    }

    private static func read(kind: String, _ json: JSONObject) throws(JSONReadError) -> SessionEvent? {
        switch kind {
        case "session.created": .sessionCreated(try SessionCreated(json))
        case "session.updated": .sessionUpdated(try SessionUpdated(json))
        case "session.deleted": .sessionDeleted
        case "environment.changed": .environmentChanged(try EnvironmentChanged(json))
        case "input.received": .inputReceived(try InputReceived(json))
        case "input.ignored": .inputIgnored(InputIgnored())
        case "function_result.received": .functionResultReceived(try FunctionResultReceived(json))
        case "response.requested": .responseRequested(try ResponseRequested(json))
        case "response.deleted": .responseDeleted(try ResponseDeleted(json))
        case "items.added": .itemsAdded(try ItemsAdded(json))
        case "item.deleted": .itemDeleted(try ItemDeleted(json))
        case "model.delta": .modelDelta(try ModelDelta(json))
        case "model.answered": .modelAnswered(try ModelAnswered(json))
        case "model.attempt_failed": .modelAttemptFailed(try ModelAttemptFailed(json))
        case "tool.started": .toolStarted(try ToolStarted(json))
        case "tool.output": .toolOutput(try ToolOutput(json))
        case "tool.interrupted": .toolInterrupted(try ToolInterrupted(json))
        case "tool.finished": .toolFinished(try ToolFinished(json))
        case "turn.ended": .turnEnded(try TurnEnded(json))
        default: nil
        }
    }
}
