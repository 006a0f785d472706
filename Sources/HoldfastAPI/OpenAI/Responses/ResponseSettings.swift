import HoldfastCore

/// What a request asked for, as its response shows it again, with the defaults in place of what was left out.
struct ResponseSettings {
    let request: JSONObject

    func write(members writer: inout JSONWriter) {
        writer.member("model", request["model"] ?? .null)
        writer.member("instructions", request["instructions"] ?? .null)
        writer.member("previous_response_id", request["previous_response_id"] ?? .null)
        writer.member("tools", (request["tools"]?.array ?? []).map(Self.shown))
        writer.member("tool_choice", request["tool_choice"] ?? "auto")
        writer.member("parallel_tool_calls", request["parallel_tool_calls"] ?? true)
        writer.member("max_tool_calls", request["max_tool_calls"] ?? .null)
        writer.member("max_output_tokens", request["max_output_tokens"] ?? .null)
        writer.member("temperature", request["temperature"] ?? 1.0)
        writer.member("top_p", request["top_p"] ?? 1.0)
        writer.member("presence_penalty", request["presence_penalty"] ?? 0.0)
        writer.member("frequency_penalty", request["frequency_penalty"] ?? 0.0)
        writer.member("top_logprobs", request["top_logprobs"] ?? 0)
        writer.member("text", Self.text(request["text"]?.object))
        writer.member("reasoning", Self.reasoning(request["reasoning"]?.object))
        writer.member("truncation", request["truncation"] ?? "disabled")
        writer.member("store", request["store"] ?? true)
        writer.member("service_tier", request["service_tier"] ?? "default")
        writer.member("metadata", request["metadata"] ?? [:])
        writer.member("user", request["user"] ?? .null)
        writer.member("safety_identifier", request["safety_identifier"] ?? .null)
        writer.member("prompt_cache_key", request["prompt_cache_key"] ?? .null)
    }

    private static func text(_ text: JSONObject?) -> JSON {
        var shown = text ?? [:]
        if shown["format"]?.object == nil { shown["format"] = ["type": "text"] }
        if shown["verbosity"]?.string == nil { shown["verbosity"] = "medium" }
        return .object(shown)
    }

    private static func reasoning(_ reasoning: JSONObject?) -> JSON {
        var shown = reasoning ?? [:]
        for name in ["effort", "summary"] where shown[name] == nil { shown[name] = .null }
        return .object(shown)
    }

    /// A function shows all its members; other declarations stay as they are.
    private static func shown(_ tool: JSON) -> JSON {
        guard var shown = tool.object, shown["type"] == "function" else { return tool }
        for (name, value) in [("description", JSON.null), ("parameters", .null), ("strict", false)]
        where shown[name] == nil {
            shown[name] = value
        }
        return .object(shown)
    }
}
