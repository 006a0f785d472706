import HoldfastCore

extension OpenAPIDocument {
    /// Responses and Conversations.
    var responseSchemas: JSONObject {
        [
            "ResponseCreate": Schema.request(required: ["model"], responseMembers),
            "ResponseInput": Schema.request(responseMembers.removing(["stream", "stream_options", "background"])),
            "ResponseCompact": Schema.request(
                required: ["model"], responseMembers.removing(["stream", "stream_options", "background"])),
            "InputItem": inputItem, "Response": response,
            "ResponseItem": [
                "type": "object", "required": ["id", "type"],
                "properties": ["id": Schema.string, "type": Schema.string, "status": Schema.string],
            ],
            "Conversation": Schema.answer([
                "id": Schema.string, "object": Schema.const("conversation"), "created_at": Schema.time,
                "metadata": Schema.metadata(limits),
            ]),
        ]
    }

    private var name: JSON { Schema.text(atMost: limits.identifier) }

    private var responseMembers: JSONObject {
        let id = Schema.text(atMost: limits.identifier, notEmpty: true)
        return [
            "model": id, "input": Schema.oneOf(Schema.string, Schema.array(of: Schema.ref("InputItem"))),
            "instructions": Schema.text(atMost: limits.instructions), "previous_response_id": name,
            "conversation": Schema.oneOf(id, Schema.request(required: ["id"], ["id": id])), "store": Schema.boolean,
            "background": Schema.boolean, "stream": Schema.boolean,
            "stream_options": Schema.request(["include_obfuscation": Schema.boolean]),
            "metadata": Schema.metadata(limits), "parallel_tool_calls": Schema.boolean,
            "max_tool_calls": Schema.integer(in: 0...1_000_000),
            "max_output_tokens": Schema.integer(in: 1...100_000_000), "top_logprobs": Schema.integer(in: 0...20),
            "truncation": Schema.choice("auto", "disabled"), "include": Schema.array(of: Schema.string, atMost: 64),
            "temperature": Schema.number(in: 0...2), "top_p": Schema.number(in: 0...1),
            "presence_penalty": Schema.number(in: -2...2), "frequency_penalty": Schema.number(in: -2...2),
            "user": name, "safety_identifier": name, "prompt_cache_key": name, "service_tier": name,
            "reasoning": Schema.request(["effort": name, "summary": name]),
            "text": Schema.request(["format": textFormat]),
            "tools": Schema.array(of: tool, atMost: limits.agentTools),
            "tool_choice": Schema.oneOf(
                Schema.choice("none", "auto", "required"), Schema.request(required: ["type"], ["type": id])),
        ]
    }

    private var textFormat: JSON {
        Schema.oneOf(
            Schema.request(required: ["type"], ["type": Schema.choice("text", "json_object")]),
            Schema.request(
                required: ["type", "name", "schema"],
                [
                    "type": Schema.choice("json_schema"),
                    "name": Schema.text(atMost: limits.identifier, notEmpty: true),
                    "schema": Schema.object,
                ]))
    }

    /// Functions and custom tools are the client's, all others are passed on to the model's provider.
    private var tool: JSON {
        let name = Schema.text(atMost: limits.identifier, notEmpty: true)
        return [
            "type": "object", "required": ["type"], "properties": ["type": name],
            "if": ["properties": ["type": Schema.choice("function", "custom")]],
            "then": [
                "required": ["name"],
                "properties": ["name": name, "description": Schema.nullable(Schema.string)],
            ],
        ]
    }

    /// Items of other types are kept as they come.
    private var inputItem: JSON {
        let part: JSON = [
            "type": "object", "required": ["type"],
            "properties": [
                "type": Schema.text(
                    atMost: limits.requestBody, notEmpty: true)
            ],
        ]
        return Schema.oneOf(
            Schema.request(
                required: ["role", "content"],
                [
                    "type": Schema.choice("message"), "role": Schema.choice("user", "assistant", "system", "developer"),
                    "content": Schema.oneOf(Schema.string, Schema.array(of: part, atMost: limits.contentParts)),
                ]),
            [
                "type": "object", "required": ["type"],
                "properties": ["type": ["type": "string", "minLength": 1, "not": ["const": "message"]]],
            ])
    }

    private var response: JSON {
        var schema =
            Schema.answer([
                "id": Schema.string, "object": Schema.const("response"), "created_at": Schema.time,
                "completed_at": Schema.nullable(Schema.time),
                "status": Schema.choice("queued", "in_progress", "completed", "incomplete", "failed", "cancelled"),
                "background": Schema.boolean,
                "error": Schema.nullable(Schema.answer(["code": Schema.string, "message": Schema.string])),
                "incomplete_details": Schema.nullable(Schema.answer(["reason": Schema.string])), "model": Schema.string,
                "instructions": Schema.nullable(Schema.string), "previous_response_id": Schema.nullable(Schema.string),
                "tools": Schema.objects, "tool_choice": Schema.oneOf(Schema.string, Schema.object),
                "parallel_tool_calls": Schema.boolean, "max_tool_calls": Schema.nullable(Schema.integer),
                "max_output_tokens": Schema.nullable(Schema.integer), "temperature": ["type": "number"],
                "top_p": ["type": "number"], "presence_penalty": ["type": "number"],
                "frequency_penalty": ["type": "number"], "top_logprobs": Schema.integer, "text": Schema.object,
                "reasoning": Schema.object, "truncation": Schema.choice("auto", "disabled"), "store": Schema.boolean,
                "service_tier": Schema.string, "metadata": Schema.metadata(limits),
                "user": Schema.nullable(Schema.string), "safety_identifier": Schema.nullable(Schema.string),
                "prompt_cache_key": Schema.nullable(Schema.string),
                "output": Schema.array(of: Schema.ref("ResponseItem")), "usage": Schema.nullable(Schema.ref("Usage")),
            ]).object ?? [:]
        var properties = schema["properties"]?.object ?? [:]
        // Only where the request named one.
        properties["conversation"] = Schema.answer(["id": Schema.string])
        schema["properties"] = .object(properties)
        return .object(schema)
    }
}

extension JSONObject {
    fileprivate func removing(_ names: Set<String>) -> JSONObject {
        JSONObject(members.filter { !names.contains($0.name) })
    }
}
