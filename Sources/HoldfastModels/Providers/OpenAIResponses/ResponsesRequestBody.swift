import HoldfastCore

/// The body of a streamed Responses request.
struct ResponsesRequestBody: JSONWritable {
    var request: ModelRequest
    var sendsCacheKey: Bool
    /// Whether reasoning is to come with what the model needs to see again; the upstream keeps nothing.
    var asksForEncryption = true

    /// Refuses what this API has no word for.
    func check() throws(ModelError) {
        for (name, isAsked) in [("stop", !request.options.stop.isEmpty), ("seed", request.options.seed != nil)]
        where isAsked {
            throw ModelError(
                .invalidRequest, "'\(name)' is not possible with this model: the Responses API does not have it.",
                isRetryable: false)
        }
    }

    func write(to writer: inout JSONWriter) {
        let options = request.options
        writer.object { writer in
            writer.member("model", request.model)
            if let instructions = request.instructions, !instructions.isEmpty {
                writer.member("instructions", instructions)
            }
            writer.member("input", ResponsesInput(context: request.context))
            if !request.tools.isEmpty { writer.member("tools", request.tools.map(ResponsesTool.init)) }
            writer.member(
                ifPresent: "tool_choice", ResponsesToolChoice(choice: options.toolChoice, tools: request.tools).json)
            writer.member(ifPresent: "parallel_tool_calls", options.parallelToolCalls)
            writer.member(ifPresent: "max_tool_calls", options.maxToolCalls)
            writer.member(ifPresent: "max_output_tokens", options.maxOutputTokens)
            writer.member(ifPresent: "temperature", options.temperature)
            writer.member(ifPresent: "top_p", options.topP)
            writer.member(ifPresent: "frequency_penalty", options.frequencyPenalty)
            writer.member(ifPresent: "presence_penalty", options.presencePenalty)
            writer.member(ifPresent: "top_logprobs", options.topLogprobs)
            writer.member(ifPresent: "service_tier", options.serviceTier)
            writeText(options, to: &writer)
            writeReasoning(options, to: &writer)
            let included = included
            if !included.isEmpty { writer.member("include", included) }
            if sendsCacheKey, !request.session.isEmpty { writer.member("prompt_cache_key", request.session) }
            writer.member("stream", true)
            writer.member("store", false)
        }
    }

    private var included: [String] {
        var names = request.options.include.filter { $0 != "reasoning.encrypted_content" }
        if asksForEncryption { names.append("reasoning.encrypted_content") }
        let logprobs = "message.output_text.logprobs"
        if request.options.topLogprobs != nil, !names.contains(logprobs) { names.append(logprobs) }
        return names
    }

    private func writeText(_ options: ModelOptions, to writer: inout JSONWriter) {
        guard options.format != .text || options.verbosity != nil else { return }
        writer.object("text") { writer in
            switch options.format {
            case .text: break
            case .jsonObject: writer.object("format") { $0.member("type", "json_object") }
            case .jsonSchema(let name, let description, let schema, let strict):
                writer.object("format") { writer in
                    writer.member("type", "json_schema")
                    writer.member("name", name)
                    writer.member(ifPresent: "description", description)
                    writer.member("schema", schema)
                    writer.member(ifPresent: "strict", strict)
                }
            }
            writer.member(ifPresent: "verbosity", options.verbosity)
        }
    }

    private func writeReasoning(_ options: ModelOptions, to writer: inout JSONWriter) {
        guard options.reasoningEffort != nil || options.reasoningSummary != nil else { return }
        writer.object("reasoning") { writer in
            writer.member(ifPresent: "effort", options.reasoningEffort)
            writer.member(ifPresent: "summary", options.reasoningSummary)
        }
    }
}
