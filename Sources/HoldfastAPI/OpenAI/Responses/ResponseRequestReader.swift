import HoldfastCore

/// A checked Responses request.
struct ResponseRequest: Sendable {
    /// What the response shows again and its model calls are made by.
    var request: TurnRequest
    var isStreamed: Bool
    var isStored: Bool
    /// Whether events carry random padding.
    var isObfuscated: Bool
    var previous: String?
    /// The session of the conversation that it belongs to.
    var conversation: String?

    var isBackground: Bool { request.isBackground }
}

/// Reads a Responses request, all but its input. Members that no one knows are left alone; what this release would have
/// to ignore is refused by name.
struct ResponseRequestReader {
    let limits: Limits

    /// What is kept and shown again.
    private static let kept = [
        "model", "instructions", "previous_response_id", "tools", "tool_choice", "parallel_tool_calls",
        "max_tool_calls", "max_output_tokens", "temperature", "top_p", "presence_penalty", "frequency_penalty",
        "top_logprobs", "text", "reasoning", "truncation", "store", "service_tier", "metadata", "user",
        "safety_identifier", "prompt_cache_key", "background", "include",
    ]

    func read(_ fields: Fields) throws(APIError) -> ResponseRequest {
        try fields.refuse("prompt", "prompt templates are kept nowhere here; send 'instructions' and 'input'.")
        let model = try fields.requiredString("model", limit: limits.identifier)
        let isStored = try fields.bool("store") ?? true
        let isBackground = try fields.bool("background") ?? false
        guard isStored || !isBackground else {
            throw .invalid("background", "'background' needs 'store': a response that is not kept cannot be asked for.")
        }
        let previous = try fields.string("previous_response_id", limit: limits.identifier)
        let conversation = try conversation(fields)
        guard previous == nil || conversation == nil else {
            throw .invalid(
                "previous_response_id", "'previous_response_id' and 'conversation' do not go together.",
                code: "mutually_exclusive_parameters")
        }
        try check(fields)
        var members = JSONObject()
        for name in Self.kept {
            if let value = fields.value(name) { members[name] = value }
        }
        members["model"] = .string(model)
        members["store"] = .bool(isStored)
        if conversation != nil { members["conversation"] = true }
        let obfuscation = try fields.fields("stream_options")?.bool("include_obfuscation")
        return ResponseRequest(
            request: TurnRequest(members), isStreamed: try fields.bool("stream") ?? false, isStored: isStored,
            isObfuscated: obfuscation ?? true, previous: previous, conversation: conversation)
    }

    private func conversation(_ fields: Fields) throws(APIError) -> String? {
        guard let value = fields.value("conversation") else { return nil }
        let id: String
        if value.object != nil {
            id = try fields.requiredFields("conversation").requiredString("id", limit: limits.identifier)
        } else {
            id = try fields.requiredString("conversation", limit: limits.identifier)
        }
        return SessionName.session(id)
    }

    private func check(_ fields: Fields) throws(APIError) {
        _ = try fields.string("instructions", limit: limits.instructions)
        _ = try fields.metadata(limits)
        _ = try fields.bool("parallel_tool_calls")
        _ = try fields.integer("max_tool_calls", in: 0...1_000_000)
        _ = try fields.integer("max_output_tokens", in: 1...100_000_000)
        _ = try fields.integer("top_logprobs", in: 0...20)
        _ = try fields.choice("truncation", ["auto", "disabled"])
        _ = try fields.strings("include", limit: 64)
        for (name, range) in [
            ("temperature", 0.0...2.0), ("top_p", 0...1), ("presence_penalty", -2...2), ("frequency_penalty", -2...2),
        ] { try check(fields, name, range) }
        for name in ["user", "safety_identifier", "prompt_cache_key", "service_tier"] {
            _ = try fields.string(name, limit: limits.identifier)
        }
        if let reasoning = try fields.fields("reasoning") {
            for name in ["effort", "summary"] { _ = try reasoning.string(name, limit: limits.identifier) }
        }
        if let format = try fields.fields("text")?.fields("format") { try check(format: format) }
        try checkTools(fields)
    }

    private func check(_ fields: Fields, _ name: String, _ range: ClosedRange<Double>) throws(APIError) {
        guard let value = fields.value(name) else { return }
        guard let number = value.double else { throw fields.wrongType(name, value, "a number") }
        guard range.contains(number) else {
            throw .invalid(name, "'\(name)' must be between \(range.lowerBound) and \(range.upperBound).")
        }
    }

    private func check(format: Fields) throws(APIError) {
        guard let type = try format.choice("type", ["text", "json_object", "json_schema"]) else {
            throw .missing(format.param("type"))
        }
        guard type == "json_schema" else { return }
        _ = try format.requiredString("name", limit: limits.identifier)
        _ = try format.requiredFields("schema")
    }

    private func checkTools(_ fields: Fields) throws(APIError) {
        for tool in try fields.list("tools", limit: limits.agentTools) ?? [] {
            let type = try tool.requiredString("type", limit: limits.identifier)
            guard type == "function" || type == "custom" else { continue }
            _ = try tool.requiredString("name", limit: limits.identifier)
            _ = try tool.string("description")
            if type == "function" { _ = try tool.fields("parameters") }
        }
        guard let choice = fields.value("tool_choice") else { return }
        if choice.string != nil {
            _ = try fields.choice("tool_choice", ["none", "auto", "required"])
        } else {
            guard choice.object != nil else { throw fields.wrongType("tool_choice", choice, "a string or an object") }
            _ = try fields.requiredFields("tool_choice").requiredString("type", limit: limits.identifier)
        }
    }
}
