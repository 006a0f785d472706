import HoldfastCore

/// Reads the input events of a request.
struct InputEvents {
    let limits: Limits

    /// The `events` of a request; at least one.
    func read(_ fields: Fields) throws(APIError) -> [SessionCommand.InputEvent] {
        guard let events = try fields.list("events", limit: limits.inputEvents) else { throw .missing("events") }
        guard !events.isEmpty else { throw .invalid("events", "'events' must not be empty.") }
        return try events.map { (event) throws(APIError) in try self.event(event) }
    }

    private func event(_ event: Fields) throws(APIError) -> SessionCommand.InputEvent {
        let prefix = "agent.session.input."
        let type = try event.requiredString("type")
        switch type {
        case prefix + "message": return .messages(try messages(event, "input"))
        case prefix + "cancel": return .cancel
        case prefix + "tool_result": return try toolResult(event)
        case prefix + "mcp_approval_request_result", prefix + "computer_use_approval_request_result":
            throw .invalid(event.param("request_id"), "No approval with this id is pending in this session.")
        default: throw .invalid(event.param("type"), "Unknown input event type '\(type.prefix(80))'.")
        }
    }

    /// The `input` of a new session: a string, or messages; `nil` when there is none.
    func initial(_ fields: Fields) throws(APIError) -> [[ContentPart]]? {
        guard let value = fields.value("input") else { return nil }
        guard let text = value.string else { return try messages(fields, "input") }
        guard !text.isEmpty else { throw .invalid("input", "'input' must not be empty.") }
        return [[.text(text)]]
    }

    private func messages(_ fields: Fields, _ name: String) throws(APIError) -> [[ContentPart]] {
        guard let messages = try fields.list(name, limit: limits.inputMessages) else {
            throw .missing(fields.param(name))
        }
        guard !messages.isEmpty else {
            throw .invalid(fields.param(name), "'\(fields.param(name))' must not be empty.")
        }
        return try messages.map { (message) throws(APIError) in
            if message.has("type") { _ = try message.choice("type", ["message"]) }
            guard try message.choice("role", ["user"]) != nil else { throw .missing(message.param("role")) }
            let content = try parts(message, "content")
            guard !content.isEmpty else {
                throw .invalid(message.param("content"), "'\(message.param("content"))' must not be empty.")
            }
            return content
        }
    }

    private func parts(_ fields: Fields, _ name: String) throws(APIError) -> [ContentPart] {
        guard let parts = try fields.list(name, limit: limits.contentParts) else { throw .missing(fields.param(name)) }
        return try parts.map { (part) throws(APIError) in
            switch try part.choice("type", ["input_text", "input_image"]) {
            case "input_text":
                guard let text = try part.string("text") else { throw .missing(part.param("text")) }
                return .text(text)
            case "input_image":
                let url = try part.requiredString("image_url")
                guard url.hasPrefix("data:") || url.hasPrefix("https://") || url.hasPrefix("http://") else {
                    throw .invalid(
                        part.param("image_url"), "'\(part.param("image_url"))' must be an http(s) or data URL.")
                }
                return .image(url: url)
            default: throw .missing(part.param("type"))
            }
        }
    }

    private func toolResult(_ event: Fields) throws(APIError) -> SessionCommand.InputEvent {
        let call = try event.requiredString("call_id", limit: limits.identifier)
        let turn = try event.requiredString("turn_id", limit: limits.identifier)
        guard let success = try event.bool("success") else { throw .missing(event.param("success")) }
        let other = success ? "error" : "output"
        guard event.value(other) == nil else {
            throw .invalid(event.param(other), "'\(event.param(other))' does not go with 'success': \(success).")
        }
        guard success else {
            return .functionResult(
                turn: turn, call: call, output: .error(try event.string("error") ?? "The function failed."))
        }
        var output = FunctionOutput.none
        if let value = event.value("output") {
            if let text = value.string { output = .text(text) } else { output = .parts(try parts(event, "output")) }
        }
        return .functionResult(turn: turn, call: call, output: output)
    }
}
