import HoldfastCore

/// The body of a streamed Chat Completions request.
struct OpenAIRequestBody: JSONWritable {
    var request: ModelRequest
    var sendsCacheKey: Bool

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("model", request.model)
            writer.member("messages", OpenAIMessage.list(request))
            if !request.tools.isEmpty {
                writer.array("tools") { writer in
                    for tool in request.tools { Self.write(tool, to: &writer) }
                }
            }
            writer.member("stream", true)
            writer.object("stream_options") { $0.member("include_usage", true) }
            writeSettings(to: &writer)
            if sendsCacheKey, !request.session.isEmpty { writer.member("prompt_cache_key", request.session) }
        }
    }

    private static func write(_ tool: ToolDefinition, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("type", "function")
            writer.object("function") { writer in
                writer.member("name", tool.name)
                if !tool.description.isEmpty { writer.member("description", tool.description) }
                writer.member("parameters", tool.parameters.isEmpty ? noParameters : tool.parameters)
            }
        }
    }

    /// Some servers refuse a schema that is not of an object.
    private static let noParameters: JSONObject = ["type": "object", "properties": [:]]

    private func writeSettings(to writer: inout JSONWriter) {
        let options = request.options
        Self.write(format: options.format, to: &writer)
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
