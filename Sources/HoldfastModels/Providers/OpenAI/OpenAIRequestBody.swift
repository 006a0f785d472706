import HoldfastCore

/// The body of a streamed Chat Completions request.
struct OpenAIRequestBody: JSONWritable {
    private let request: ModelRequest
    private let messages: [OpenAIMessage]
    private let tools: OpenAITools
    private let sendsCacheKey: Bool

    /// - Parameter host: where the request goes; thoughts that another host sent are left out.
    /// - Throws: when the request has something that this dialect cannot say, by its name.
    init(request: ModelRequest, host: String, sendsCacheKey: Bool) throws(ModelError) {
        self.request = request
        self.sendsCacheKey = sendsCacheKey
        messages = try OpenAIMessage.list(request, host: host)
        tools = try OpenAITools(request)
    }

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("model", request.model)
            writer.member("messages", messages)
            tools.write(to: &writer)
            writer.member("stream", true)
            writer.object("stream_options") { $0.member("include_usage", true) }
            writeSettings(to: &writer)
            if sendsCacheKey, !request.session.isEmpty { writer.member("prompt_cache_key", request.session) }
        }
    }

    private func writeSettings(to writer: inout JSONWriter) {
        let options = request.options
        Self.write(format: options.format, to: &writer)
        writer.member(ifPresent: "max_completion_tokens", options.maxOutputTokens)
        writer.member(ifPresent: "temperature", options.temperature)
        writer.member(ifPresent: "top_p", options.topP)
        writer.member(ifPresent: "frequency_penalty", options.frequencyPenalty)
        writer.member(ifPresent: "presence_penalty", options.presencePenalty)
        writer.member(ifPresent: "seed", options.seed)
        if !options.stop.isEmpty { writer.member("stop", options.stop) }
        if let alternatives = options.topLogprobs {
            writer.member("logprobs", true)
            if alternatives > 0 { writer.member("top_logprobs", alternatives) }
        }
        writer.member(ifPresent: "verbosity", options.verbosity)
        writer.member(ifPresent: "reasoning_effort", options.reasoningEffort)
        writer.member(ifPresent: "service_tier", options.serviceTier)
    }

    private static func write(format: ModelOptions.Format, to writer: inout JSONWriter) {
        switch format {
        case .text: break
        case .jsonObject: writer.object("response_format") { $0.member("type", "json_object") }
        case .jsonSchema(let name, let description, let schema, let strict):
            writer.object("response_format") { writer in
                writer.member("type", "json_schema")
                writer.object("json_schema") { writer in
                    writer.member("name", name)
                    writer.member(ifPresent: "description", description)
                    writer.member("schema", schema)
                    writer.member("strict", strict ?? true)
                }
            }
        }
    }
}
