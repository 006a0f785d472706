import HoldfastCore

/// Reads how a Chat Completions request wants to be answered.
struct ChatOptionsReader {
    let limits: Limits

    private static let stopSequences = 4
    private static let mostLogprobs: Int64 = 20

    func options(_ fields: Fields) throws(APIError) -> ModelOptions {
        var options = ModelOptions()
        options.parallelToolCalls = try fields.bool("parallel_tool_calls")
        options.format = try format(fields)
        let older = try fields.integer("max_tokens", in: 1...Int64(Int32.max))
        options.maxOutputTokens = try fields.integer("max_completion_tokens", in: 1...Int64(Int32.max)) ?? older
        options.temperature = try fields.number("temperature", in: 0...2)
        options.topP = try fields.number("top_p", in: 0...1)
        options.frequencyPenalty = try fields.number("frequency_penalty", in: -2...2)
        options.presencePenalty = try fields.number("presence_penalty", in: -2...2)
        options.seed = try fields.integer("seed", in: Int64.min...Int64.max).map(Int64.init)
        options.stop = try stop(fields)
        options.topLogprobs = try logprobs(fields)
        options.reasoningEffort = try fields.choice(
            "reasoning_effort", ["none", "minimal", "low", "medium", "high", "xhigh", "max"])
        options.verbosity = try fields.choice("verbosity", ["low", "medium", "high"])
        if let tier = try fields.string("service_tier", limit: limits.identifier), tier != "auto" {
            options.serviceTier = tier
        }
        return options
    }

    private func stop(_ fields: Fields) throws(APIError) -> [String] {
        if let text = fields.value("stop")?.string { return [text] }
        return try fields.strings("stop", limit: Self.stopSequences) ?? []
    }

    private func logprobs(_ fields: Fields) throws(APIError) -> Int? {
        let isWanted = try fields.bool("logprobs") ?? false
        let top = try fields.integer("top_logprobs", in: 0...Self.mostLogprobs) ?? 0
        guard isWanted || top == 0 else {
            throw .invalid("top_logprobs", "'top_logprobs' needs 'logprobs' to be true.")
        }
        return isWanted ? top : nil
    }

    private func format(_ fields: Fields) throws(APIError) -> ModelOptions.Format {
        guard let format = try fields.fields("response_format") else { return .text }
        switch try format.requiredString("type") {
        case "text": return .text
        case "json_object": return .jsonObject
        case "json_schema":
            let schema = try format.requiredFields("json_schema")
            return .jsonSchema(
                name: try schema.requiredString("name", limit: limits.identifier),
                description: try schema.string("description"), schema: try schema.fields("schema")?.object ?? [:],
                strict: try schema.bool("strict"))
        case let type:
            throw .invalid(
                format.param("type"),
                "'\(format.param("type"))' must be 'text', 'json_object' or 'json_schema', not '\(type)'.")
        }
    }
}

extension Fields {
    fileprivate func number(_ name: String, in range: ClosedRange<Double>) throws(APIError) -> Double? {
        guard let value = value(name) else { return nil }
        guard let number = value.double else { throw wrongType(name, value, "a number") }
        guard range.contains(number) else {
            throw .invalid(
                param(name), "'\(param(name))' must be between \(range.lowerBound) and \(range.upperBound).")
        }
        return number
    }
}
