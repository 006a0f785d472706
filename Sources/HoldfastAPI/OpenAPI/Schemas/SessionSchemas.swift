import HoldfastCore

extension OpenAPIDocument {
    /// Sessions of the Agents API, their turns, items and journals.
    var sessionSchemas: JSONObject {
        [
            "SessionCreate": Schema.request(
                required: ["environment"],
                [
                    "agent_id": Schema.text(atMost: limits.identifier), "agent": Schema.ref("AgentOverrides"),
                    "environment": environment,
                    "input": Schema.oneOf(Schema.text(atMost: limits.requestBody, notEmpty: true), messages),
                    "metadata": Schema.metadata(limits), "spend_control": spendControl, "stream": Schema.boolean,
                    "stream_options": Schema.request(["include_obfuscation": Schema.boolean]),
                ]),
            "SessionUpdate": Schema.request([
                "agent": Schema.ref("AgentOverrides"), "metadata": Schema.metadata(limits),
                "spend_control": spendControl,
            ]),
            "SessionEvents": Schema.request(
                required: ["events"],
                [
                    "events": Schema.array(
                        of: Schema.oneOf(messageEvent, cancelEvent, resultEvent), atMost: limits.inputEvents,
                        notEmpty: true)
                ]),
            "Session": session, "Turn": turn,
            "SessionItem": [
                "type": "object", "required": ["id", "type", "turn_id"],
                "properties": [
                    "id": Schema.string, "type": Schema.string, "status": Schema.string,
                    "turn_id": Schema.nullable(Schema.string),
                ],
            ],
            "JournalEvent": Schema.answer([
                "seq": Schema.integer, "kind": Schema.string, "version": Schema.integer, "at": Schema.integer,
                "body": Schema.anything,
            ]),
            "Usage": Schema.answer([
                "input_tokens": Schema.integer, "input_tokens_details": Schema.object, "output_tokens": Schema.integer,
                "output_tokens_details": Schema.object, "total_tokens": Schema.integer,
            ]),
        ]
    }

    private var environment: JSON {
        Schema.oneOf(
            Schema.request(required: ["type"], ["type": Schema.choice("none")]),
            Schema.request(
                required: ["type"],
                [
                    "type": Schema.choice("openai_hosted"), "container_size": Schema.choice("small", "medium", "large"),
                    "network": Schema.request(required: ["access"], ["access": Schema.choice("disabled")]),
                ]))
    }

    private var spendControl: JSON {
        Schema.request(required: ["limit"], ["limit": Schema.nullable(Schema.integer(in: 1...1_000_000_000))])
    }

    private var content: JSON {
        Schema.array(
            of: Schema.oneOf(
                Schema.request(
                    required: ["type", "text"], ["type": Schema.choice("input_text"), "text": Schema.string]),
                Schema.request(
                    required: ["type", "image_url"],
                    [
                        "type": Schema.choice("input_image"),
                        "image_url": ["type": "string", "pattern": "^(data:|https?://)"],
                    ])), atMost: limits.contentParts)
    }

    private var messages: JSON {
        var content = content.object ?? [:]
        content["minItems"] = 1
        return Schema.array(
            of: Schema.request(
                required: ["role", "content"],
                ["type": Schema.choice("message"), "role": Schema.choice("user"), "content": .object(content)]),
            atMost: limits.inputMessages, notEmpty: true)
    }

    private var messageEvent: JSON {
        Schema.request(
            required: ["type", "input"], ["type": Schema.choice("agent.session.input.message"), "input": messages])
    }

    private var cancelEvent: JSON {
        Schema.request(required: ["type"], ["type": Schema.choice("agent.session.input.cancel")])
    }

    private var resultEvent: JSON {
        Schema.request(
            required: ["type", "call_id", "turn_id", "success"],
            [
                "type": Schema.choice("agent.session.input.tool_result"),
                "call_id": Schema.text(atMost: limits.identifier, notEmpty: true),
                "turn_id": Schema.text(atMost: limits.identifier, notEmpty: true), "success": Schema.boolean,
                "output": Schema.oneOf(Schema.string, content), "error": Schema.string,
            ])
    }

    private var session: JSON {
        Schema.answer([
            "id": Schema.string, "object": Schema.const("agent.session"), "status": Schema.string,
            "created_at": Schema.time, "last_active_at": Schema.time, "agent": Schema.object,
            "environment": Schema.object, "error": Schema.nullable(Schema.object), "metadata": Schema.metadata(limits),
            "required_actions": Schema.objects, "usage": Schema.ref("Usage"),
            "spend_control": Schema.answer(["limit": Schema.nullable(Schema.integer), "consumed": Schema.integer]),
            "vault_ids": Schema.array(of: Schema.string),
        ])
    }

    private var turn: JSON {
        Schema.answer([
            "id": Schema.string, "object": Schema.const("agent.session.turn"), "session_id": Schema.string,
            "agent_id": Schema.string, "subagent_id": Schema.nullable(Schema.string),
            "status": Schema.choice("in_progress", "waiting", "completed", "failed", "cancelled"),
            "created_at": Schema.time, "started_at": Schema.time, "completed_at": Schema.nullable(Schema.time),
            "error": Schema.nullable(Schema.answer(["code": Schema.string, "message": Schema.string])),
            "usage": Schema.nullable(Schema.ref("Usage")),
        ])
    }
}
