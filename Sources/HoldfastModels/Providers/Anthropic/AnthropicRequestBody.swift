import HoldfastCore

/// The body of a streamed Messages request.
struct AnthropicRequestBody {
    static let dialect = "Anthropic's Messages API"

    /// The body.
    let json: JSONObject

    /// - Throws: when the request asks for something that the API cannot do.
    init(_ request: ModelRequest, tools: ToolSelection, configuration: AnthropicConfiguration) throws(ModelError) {
        let options = request.options
        try options.refuseOpenAIOnly(by: Self.dialect)
        if !configuration.hasSampling, options.temperature != nil || options.topP != nil {
            throw .unsupported("'temperature' and 'top_p' in version \(configuration.version)", by: Self.dialect)
        }
        let dialogue = try Dialogue(request, provider: "anthropic", dialect: Self.dialect)
        var body: JSONObject = [
            "model": .string(request.model),
            "max_tokens": .integer(Int64(options.maxOutputTokens ?? configuration.maxTokens)),
            "stream": true,
        ]
        if !dialogue.system.isEmpty { body["system"] = .string(dialogue.system.joined(separator: "\n\n")) }
        body["messages"] = try AnthropicMessages.list(dialogue.turns)
        if !tools.functions.isEmpty {
            body["tools"] = .array(tools.functions.map(Self.tool))
            body["tool_choice"] = Self.choice(tools.choice, isParallel: options.parallelToolCalls)
        }
        body["temperature"] = options.temperature.map { .number($0) }
        body["top_p"] = options.topP.map { .number($0) }
        if !options.stop.isEmpty { body["stop_sequences"] = .array(options.stop.map { .string($0) }) }
        try Self.addThinking(options, to: &body)
        if case .jsonSchema(_, _, let schema, _) = options.format {
            Self.setOutput("format", ["type": "json_schema", "schema": .object(schema)], in: &body)
        }
        body["service_tier"] = try Self.tier(options.serviceTier)
        // Marks the whole conversation, which the session's next call repeats.
        if configuration.isOfficial, !request.session.isEmpty { body["cache_control"] = ["type": "ephemeral"] }
        json = body
    }

    private static func tool(_ tool: ToolDefinition) -> JSON {
        var result: JSONObject = ["name": .string(tool.name)]
        if !tool.description.isEmpty { result["description"] = .string(tool.description) }
        result["input_schema"] = .object(tool.parameters.isEmpty ? ["type": "object"] : tool.parameters)
        if tool.strict == true { result["strict"] = true }
        return .object(result)
    }

    private static func choice(_ choice: ToolSelection.Choice, isParallel: Bool?) -> JSON? {
        var result: JSONObject
        switch choice {
        case .none: return ["type": "none"]
        case .auto where isParallel != false: return nil
        case .auto: result = ["type": "auto"]
        case .any: result = ["type": "any"]
        case .tool(let name): result = ["type": "tool", "name": .string(name)]
        }
        if isParallel == false { result["disable_parallel_tool_use"] = true }
        return .object(result)
    }

    private static func addThinking(_ options: ModelOptions, to body: inout JSONObject) throws(ModelError) {
        let summary: JSON? = options.reasoningSummary == nil ? nil : "summarized"
        switch options.reasoningEffort {
        case "none": body["thinking"] = ["type": "disabled"]
        case nil where summary == nil: break
        case let effort:
            var thinking: JSONObject = ["type": "adaptive"]
            thinking["display"] = summary
            body["thinking"] = .object(thinking)
            if let effort { setOutput("effort", .string(try Effort.name(effort, dialect: dialect)), in: &body) }
        }
    }

    private static func setOutput(_ name: String, _ value: JSON, in body: inout JSONObject) {
        var output = body["output_config"]?.object ?? [:]
        output[name] = value
        body["output_config"] = .object(output)
    }

    private static func tier(_ tier: String?) throws(ModelError) -> JSON? {
        switch tier {
        case nil: nil
        case "default": "standard_only"
        case "priority": "auto"
        case let tier?: throw .unsupported("the service tier '\(tier)'", by: dialect)
        }
    }
}

/// How hard a model thinks, in the words that Anthropic and Bedrock share.
enum Effort {
    /// - Parameter effort: OpenAI's word.
    static func name(_ effort: String, dialect: String) throws(ModelError) -> String {
        switch effort {
        case "minimal": "low"
        case "low", "medium", "high", "xhigh", "max": effort
        default: throw .unsupported("the reasoning effort '\(effort)'", by: dialect)
        }
    }
}
