import HoldfastCore

/// Reads the agent settings of a request on top of what holds already: creation, a new version, a session's overrides.
struct AgentSettings {
    private static let efforts = ["none", "minimal", "low", "medium", "high", "xhigh", "max"]
    private static let tiers = ["auto", "default", "flex", "priority", "fast", "ultrafast"]

    let fields: Fields
    let limits: Limits

    /// The settings of an agent of which nothing was said.
    static let defaults: JSONObject = [
        "reasoning": ["effort": nil, "summary": nil],
        "text": ["format": ["type": "text"], "verbosity": "medium"],
        "service_tier": "auto",
        "multi_agent": ["enabled": false, "max_concurrent_subagents": nil],
        "compaction": ["async": false],
        "experimental": ["time_awareness": false],
    ]

    /// Changes what the request names; omitted members stay, `null` resets.
    func apply(to agent: inout AgentDefinition) throws(APIError) {
        if fields.has("model") { agent.model = try fields.requiredString("model", limit: limits.identifier) }
        if fields.has("instructions") {
            agent.instructions = try fields.string("instructions", limit: limits.instructions)
        }
        if fields.has("tools") { agent.tools = try ToolSettings(fields: fields, limits: limits).resolve() }
        if fields.has("service_tier") {
            agent.settings["service_tier"] = .string(try fields.choice("service_tier", Self.tiers) ?? "auto")
        }
        if fields.has("reasoning") { agent.settings["reasoning"] = try reasoning(agent.settings["reasoning"]) }
        if fields.has("text") { agent.settings["text"] = try text(agent.settings["text"]) }
        if fields.has("multi_agent") { agent.settings["multi_agent"] = try multiAgent() }
        if fields.has("compaction") {
            let isAsync = try fields.fields("compaction")?.bool("async") ?? false
            agent.settings["compaction"] = ["async": .bool(isAsync)]
        }
        if let experimental = try fields.fields("experimental"),
            let awareness = try experimental.bool("time_awareness")
        {
            agent.settings["experimental"] = ["time_awareness": .bool(awareness)]
        }
    }

    private func reasoning(_ old: JSON?) throws(APIError) -> JSON {
        guard let given = try fields.fields("reasoning") else { return Self.defaults["reasoning"]! }
        var reasoning = old?.object ?? [:]
        if given.has("effort") { reasoning["effort"] = try given.choice("effort", Self.efforts).json }
        if given.has("summary") {
            reasoning["summary"] = try given.choice("summary", ["concise", "detailed", "auto"]).json
        }
        return .object(reasoning)
    }

    private func text(_ old: JSON?) throws(APIError) -> JSON {
        guard let given = try fields.fields("text") else { return Self.defaults["text"]! }
        var text = old?.object ?? [:]
        if given.has("verbosity") {
            text["verbosity"] = .string(try given.choice("verbosity", ["low", "medium", "high"]) ?? "medium")
        }
        if given.has("format") { text["format"] = try format(given) }
        return .object(text)
    }

    private func format(_ text: Fields) throws(APIError) -> JSON {
        guard let format = try text.fields("format") else { return ["type": "text"] }
        switch try format.choice("type", ["text", "json_schema"]) {
        case "text": return ["type": "text"]
        case "json_schema":
            return ["type": "json_schema", "schema": .object(try format.requiredFields("schema").object)]
        default: throw .missing(format.param("type"))
        }
    }

    private func multiAgent() throws(APIError) -> JSON {
        guard let given = try fields.fields("multi_agent") else { return Self.defaults["multi_agent"]! }
        guard let isEnabled = try given.bool("enabled") else { throw .missing(given.param("enabled")) }
        let most = try given.integer("max_concurrent_subagents", in: 1...64)
        return [
            "enabled": .bool(isEnabled),
            "max_concurrent_subagents": isEnabled ? .integer(Int64(most ?? 6)) : .null,
        ]
    }
}

extension Optional where Wrapped == String {
    /// The text, or `null`.
    var json: JSON { map(JSON.string) ?? .null }
}
