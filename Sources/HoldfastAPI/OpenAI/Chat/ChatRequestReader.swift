import HoldfastCore

/// Reads a Chat Completions request for a model that does not speak Chat Completions itself.
///
/// What changes the meaning of an answer and cannot be handed to a model is refused by name; whether a model can do
/// what is handed to it is the provider's to say. Members that only tune or name things, and members that nobody
/// knows, are left alone.
struct ChatRequestReader {
    let limits: Limits

    /// Members that ask for something which no model behind this translation has, and their values that ask for nothing.
    private static let refused: [(name: String, neutral: [JSON], why: String)] = [
        ("functions", [[]], "it was replaced; send 'tools'."),
        ("function_call", ["none", "auto"], "it was replaced; send 'tool_choice'."),
        ("web_search_options", [], "the model cannot search the web."),
        ("modalities", [["text"]], "the model answers in text."),
        ("moderation", [], "answers are not moderated here."),
    ]

    /// - Returns: the request, and how many answers are wanted.
    func read(_ fields: Fields) throws(APIError) -> (request: ModelRequest, choices: Int) {
        for member in Self.refused { try fields.refuse(member.name, unless: member.neutral, member.why) }
        if let bias = try fields.fields("logit_bias")?.object.members, bias.contains(where: { $0.value.double != 0 }) {
            throw .unsupported("logit_bias", "'logit_bias' is not supported by this release: tokens differ by model.")
        }
        guard let messages = try fields.list("messages", limit: limits.requestMessages) else {
            throw .missing("messages")
        }
        guard !messages.isEmpty else { throw .invalid("messages", "'messages' must not be empty.") }
        let tools = ChatToolsReader(limits: limits)
        var request = ModelRequest(
            model: fields.object["model"]?.string ?? "", context: [], tools: try tools.tools(fields),
            options: try ChatOptionsReader(limits: limits).options(fields))
        request.options.toolChoice = try tools.choice(fields, among: request.tools)
        var instructions: [String] = []
        for message in messages {
            switch try message.requiredString("role") {
            case "system", "developer":
                // The first ones are the instructions; later ones stay where they are.
                if request.context.isEmpty {
                    instructions.append(try text(message))
                } else {
                    request.context.append(.system(try text(message)))
                }
            case "user": request.context.append(.user(try parts(message)))
            case "assistant": request.context += try assistant(message)
            case "tool":
                request.context.append(
                    .result(id: try message.requiredString("tool_call_id"), output: try parts(message)))
            case "function":
                throw .unsupported(
                    message.param("role"), "Messages of the role 'function' were replaced; send 'tool' messages.")
            case let role:
                throw .invalid(message.param("role"), "'\(message.param("role"))' has the unknown value '\(role)'.")
            }
        }
        if !instructions.isEmpty { request.instructions = instructions.joined(separator: "\n\n") }
        return (request, try fields.integer("n", in: 1...Int64(limits.completionChoices)) ?? 1)
    }

    private func assistant(_ message: Fields) throws(APIError) -> [ContextEntry] {
        try message.refuse("function_call", "it was replaced; send 'tool_calls'.")
        var entries: [ContextEntry] = []
        if let thought = try message.string("reasoning_content"), !thought.isEmpty {
            entries.append(.reasoning(summary: thought, replay: nil))
        }
        let text = message.value("content") == nil ? try message.string("refusal") ?? "" : try text(message)
        if !text.isEmpty { entries.append(.assistant(text)) }
        for call in try message.list("tool_calls", limit: limits.callsPerModelAnswer) ?? [] {
            let id = try call.requiredString("id")
            if call.value("type") == "custom" {
                let custom = try call.requiredFields("custom")
                entries.append(
                    .customCall(
                        id: id, name: try custom.requiredString("name"), input: try custom.string("input") ?? ""))
            } else {
                let function = try call.requiredFields("function")
                entries.append(
                    .call(
                        id: id, name: try function.requiredString("name"),
                        arguments: try function.string("arguments") ?? "{}"))
            }
        }
        return entries
    }

    private func text(_ message: Fields) throws(APIError) -> String {
        let texts = try parts(message).map { (part) throws(APIError) -> String in
            guard case .text(let text) = part else {
                throw .invalid(
                    message.param("content"), "Only messages of the roles 'user' and 'tool' can have more than text.")
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
            case "image_url":
                let image = try part.requiredFields("image_url")
                return .image(
                    url: try image.requiredString("url"),
                    detail: try image.choice("detail", ["auto", "low", "high", "original"]))
            case "file":
                var file = try part.requiredFields("file").object
                file["type"] = "input_file"
                return .other(file)
            case "input_audio":
                let audio = try part.requiredFields("input_audio").object
                return .other(["type": "input_audio", "input_audio": .object(audio)])
            case let type:
                throw .unsupported(part.param("type"), "Content of type '\(type)' cannot be given to this model.")
            }
        }
    }
}
