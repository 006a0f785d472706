import HoldfastCore

/// The body of a Converse or ConverseStream request.
struct BedrockRequestBody {
    static let dialect = "Bedrock's Converse API"

    /// The body. The model stands in the URL.
    let json: JSONObject

    /// - Throws: when the request asks for something that the API cannot do.
    init(_ request: ModelRequest, tools: ToolSelection, maxTokens: Int?) throws(ModelError) {
        let options = request.options
        try options.refuseOpenAIOnly(by: Self.dialect)
        if options.parallelToolCalls == false {
            throw .unsupported("'parallel_tool_calls': false", by: Self.dialect)
        }
        if let summary = options.reasoningSummary, summary != "auto" {
            throw .unsupported("the reasoning summary '\(summary)'", by: Self.dialect)
        }
        let dialogue = try Dialogue(request, provider: "bedrock", dialect: Self.dialect)
        var body: JSONObject = ["messages": try BedrockMessages.list(dialogue.turns)]
        if !dialogue.system.isEmpty { body["system"] = .array(dialogue.system.map { ["text": .string($0)] }) }
        let inference = Self.inference(options, maxTokens: maxTokens)
        if !inference.isEmpty { body["inferenceConfig"] = .object(inference) }
        body["toolConfig"] = try Self.tools(tools, called: dialogue.calledTools)
        let output = try Self.output(options)
        if !output.isEmpty { body["outputConfig"] = .object(output) }
        body["serviceTier"] = options.serviceTier.map { ["type": .string($0)] }
        json = body
    }

    private static func inference(_ options: ModelOptions, maxTokens: Int?) -> JSONObject {
        var result = JSONObject()
        result["maxTokens"] = (options.maxOutputTokens ?? maxTokens).map { .integer(Int64($0)) }
        result["temperature"] = options.temperature.map { .number($0) }
        result["topP"] = options.topP.map { .number($0) }
        if !options.stop.isEmpty { result["stopSequences"] = .array(options.stop.map { .string($0) }) }
        return result
    }

    private static func tools(_ tools: ToolSelection, called: [String]) throws(ModelError) -> JSON? {
        if tools.choice == .none || tools.functions.isEmpty {
            // Calls in the conversation want a declaration of tools, and with one the model may call them.
            guard called.isEmpty else {
                guard tools.choice != .none else {
                    throw .unsupported("tool_choice 'none' once tools were called", by: dialect)
                }
                let past = called.map {
                    ToolDefinition(name: $0, description: "No longer available.", parameters: [:])
                }
                return ["tools": .array(past.map(Self.tool))]
            }
            return nil
        }
        var result: JSONObject = ["tools": .array(tools.functions.map(Self.tool))]
        switch tools.choice {
        case .auto, .none: break
        case .any: result["toolChoice"] = ["any": [:]]
        case .tool(let name): result["toolChoice"] = ["tool": ["name": .string(name)]]
        }
        return .object(result)
    }

    private static func tool(_ tool: ToolDefinition) -> JSON {
        var spec: JSONObject = ["name": .string(tool.name)]
        if !tool.description.isEmpty { spec["description"] = .string(tool.description) }
        spec["inputSchema"] = ["json": .object(tool.parameters.isEmpty ? ["type": "object"] : tool.parameters)]
        if tool.strict == true { spec["strict"] = true }
        return ["toolSpec": .object(spec)]
    }

    private static func output(_ options: ModelOptions) throws(ModelError) -> JSONObject {
        var result = JSONObject()
        if case .jsonSchema(let name, let description, let schema, _) = options.format {
            var structure: JSONObject = ["schema": .string(JSONWriter.text(schema)), "name": .string(name)]
            structure["description"] = description.map { .string($0) }
            result["textFormat"] = ["type": "json_schema", "structure": ["jsonSchema": .object(structure)]]
        }
        if let effort = options.reasoningEffort {
            result["effort"] = .string(try Effort.name(effort, dialect: dialect))
        }
        return result
    }
}
