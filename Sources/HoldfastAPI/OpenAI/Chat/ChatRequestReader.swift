import HoldfastCore

/// Reads a Chat Completions request for a model that does not speak Chat Completions itself. What such a model cannot
/// do is refused by name.
struct ChatRequestReader {
    let limits: Limits

    /// Sampling does not change what a deterministic model answers, nor do names for users and caches.
    private static let harmless: Set<String> = [
        "model", "messages", "stream", "stream_options", "store", "tools", "tool_choice", "parallel_tool_calls",
        "temperature", "top_p", "seed", "presence_penalty", "frequency_penalty", "user", "safety_identifier",
        "prompt_cache_key", "prompt_cache_retention", "service_tier", "metadata", "reasoning_effort", "verbosity",
    ]

    /// The values of other members that ask for nothing.
    private static let neutral: [String: [JSON]] = [
        "n": [1], "logprobs": [false], "top_logprobs": [0], "stop": [[]], "logit_bias": [[:]],
        "modalities": [["text"]], "response_format": [["type": "text"]],
    ]

    func read(_ fields: Fields) throws(APIError) -> ModelRequest {
        for member in fields.object.members where !Self.harmless.contains(member.name) {
            try fields.refuse(
                member.name, unless: Self.neutral[member.name] ?? [], "the model '\(modelName(fields))' cannot do it.")
        }
        guard let messages = try fields.list("messages", limit: limits.requestMessages) else {
            throw .missing("messages")
        }
        guard !messages.isEmpty else { throw .invalid("messages", "'messages' must not be empty.") }
        var request = ModelRequest(model: modelName(fields), context: [], tools: try tools(fields))
        var instructions: [String] = []
        for message in messages {
            switch try message.requiredString("role") {
            case "system", "developer": instructions.append(try text(message))
            case "user": request.context.append(.user(try parts(message)))
            case "assistant": request.context += try assistant(message)
            case "tool":
                request.context.append(
                    .result(id: try message.requiredString("tool_call_id"), output: [.text(try text(message))]))
            case let role:
                throw .invalid(message.param("role"), "'\(message.param("role"))' has the unknown value '\(role)'.")
            }
        }
        if !instructions.isEmpty { request.instructions = instructions.joined(separator: "\n\n") }
        return request
    }

    private func modelName(_ fields: Fields) -> String { fields.object["model"]?.string ?? "" }

    private func tools(_ fields: Fields) throws(APIError) -> [ToolDefinition] {
        let choice = fields.value("tool_choice")
        guard choice == nil || choice == "auto" || choice == "none" else {
            throw .unsupported("tool_choice", "'tool_choice' can only be 'auto' or 'none' for this model.")
        }
        var tools: [ToolDefinition] = []
        for tool in try fields.list("tools", limit: limits.agentTools) ?? [] {
            guard try tool.requiredString("type") == "function" else {
                throw .unsupported(tool.param("type"), "'\(tool.param("type"))' can only be 'function' for this model.")
            }
            let function = try tool.requiredFields("function")
            tools.append(
                ToolDefinition(
                    name: try function.requiredString("name", limit: limits.identifier),
                    description: try function.string("description") ?? "",
                    parameters: try function.fields("parameters")?.object ?? [:]))
        }
        return choice == "none" ? [] : tools
    }

    private func assistant(_ message: Fields) throws(APIError) -> [ContextEntry] {
        var entries: [ContextEntry] = []
        if message.value("content") != nil {
            let text = try text(message)
            if !text.isEmpty { entries.append(.assistant(text)) }
        }
        for call in try message.list("tool_calls", limit: limits.callsPerModelAnswer) ?? [] {
            let function = try call.requiredFields("function")
            entries.append(
                .call(
                    id: try call.requiredString("id"), name: try function.requiredString("name"),
                    arguments: try function.string("arguments") ?? "{}"))
        }
        return entries
    }

    private func text(_ message: Fields) throws(APIError) -> String {
        let texts = try parts(message).map { (part) throws(APIError) -> String in
            guard case .text(let text) = part else {
                throw .invalid(message.param("content"), "Only messages of the role 'user' can have images.")
            }
            return text
        }
        return texts.joined(separator: "\n")
    }

    private func parts(_ message: Fields) throws(APIError) -> [ContentPart] {
        if case .string(let text)? = message.value("content") { return [.text(text)] }
        guard let parts = try message.list("content", limit: limits.contentParts) else {
            throw .missing(message.param("content"))
        }
        return try parts.map { (part) throws(APIError) -> ContentPart in
            switch try part.requiredString("type") {
            case "text": return .text(try part.string("text") ?? "")
            case "refusal": return .text(try part.string("refusal") ?? "")
            case "image_url": return .image(url: try part.requiredFields("image_url").requiredString("url"))
            case let type:
                throw .unsupported(part.param("type"), "Content of type '\(type)' cannot be given to this model.")
            }
        }
    }
}
