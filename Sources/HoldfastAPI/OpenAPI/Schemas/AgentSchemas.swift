import HoldfastCore

extension OpenAPIDocument {
    /// Saved agents, and the agents of sessions.
    var agentSchemas: JSONObject {
        [
            "AgentCreate": Schema.request(required: ["model"], agentSettings(named: true)),
            "AgentUpdate": agentUpdate,
            "AgentOverrides": Schema.request(agentSettings(named: false)),
            "Agent": Schema.answer([
                "id": Schema.string, "object": Schema.const("agent"), "created_at": Schema.time,
                "updated_at": Schema.time, "metadata": Schema.metadata(limits), "name": Schema.nullable(Schema.string),
                "model": Schema.string, "instructions": Schema.nullable(Schema.string), "tools": Schema.objects,
                "reasoning": Schema.object, "text": Schema.object, "service_tier": Schema.string,
                "version": Schema.integer,
            ]),
            "AgentTool": [
                "anyOf": [functionTool, mcpTool, otherTool],
                "description": "Tools other than functions cannot be used yet.",
            ],
        ]
    }

    /// Everything can be left out, but a model there must be: it alone cannot be `null`.
    private var agentUpdate: JSON {
        var schema = Schema.request(required: ["model"], agentSettings(named: true)).object ?? [:]
        schema["required"] = []
        return .object(schema)
    }

    private func agentSettings(named: Bool) -> JSONObject {
        var settings: JSONObject = [
            "model": Schema.text(atMost: limits.identifier, notEmpty: true),
            "instructions": Schema.text(atMost: limits.instructions),
            "tools": Schema.array(of: Schema.ref("AgentTool"), atMost: limits.agentTools),
            "service_tier": Schema.choice("auto", "default", "flex", "priority", "fast", "ultrafast"),
            "reasoning": Schema.request([
                "effort": Schema.choice("none", "minimal", "low", "medium", "high", "xhigh", "max"),
                "summary": Schema.choice("concise", "detailed", "auto"),
            ]),
            "text": Schema.request(["verbosity": Schema.choice("low", "medium", "high"), "format": textFormat]),
            "multi_agent": Schema.request(
                required: ["enabled"],
                ["enabled": Schema.boolean, "max_concurrent_subagents": Schema.integer(in: 1...64)]),
            "compaction": Schema.request(["async": Schema.boolean]),
            "experimental": Schema.request(["time_awareness": Schema.boolean]),
        ]
        if named {
            settings["name"] = Schema.text(atMost: limits.identifier)
            settings["metadata"] = Schema.metadata(limits)
        }
        return settings
    }

    private var textFormat: JSON {
        Schema.oneOf(
            Schema.request(required: ["type"], ["type": Schema.choice("text")]),
            Schema.request(
                required: ["type", "schema"], ["type": Schema.choice("json_schema"), "schema": Schema.object]))
    }

    private var functionTool: JSON {
        Schema.request(
            required: ["type", "name", "description", "parameters"],
            [
                "type": Schema.choice("function"),
                "name": ["type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[A-Za-z0-9_-]+$"],
                "description": Schema.string, "parameters": Schema.object, "defer_loading": Schema.boolean,
                "async": Schema.boolean,
            ])
    }

    private var mcpTool: JSON {
        Schema.request(
            required: ["type", "server_label", "transport"],
            [
                "type": Schema.choice("mcp"), "server_label": Schema.text(atMost: 64, notEmpty: true),
                "transport": Schema.object, "allowed_tools": Schema.array(of: Schema.string, atMost: 1_024),
                "connection_origin": Schema.choice("service", "environment"),
                "credential_id": Schema.text(atMost: 256), "request_metadata": Schema.object,
                "required": Schema.boolean,
            ])
    }

    private var otherTool: JSON {
        Schema.request(
            required: ["type"],
            [
                "type": Schema.choice(
                    "web_search", "tool_search", "programmatic_tool_calling", "computer_use", "automations")
            ])
    }
}
