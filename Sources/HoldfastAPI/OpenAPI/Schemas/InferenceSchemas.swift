import HoldfastCore

extension OpenAPIDocument {
    /// Chat Completions, Embeddings, Models, and keys.
    var inferenceSchemas: JSONObject {
        let model = Schema.text(atMost: limits.identifier, notEmpty: true)
        return [
            "ChatCompletionCreate": [
                "type": "object", "required": ["model", "messages"],
                "properties": [
                    "model": model, "messages": messages, "stream": Schema.nullable(Schema.boolean),
                    "tools": Schema.nullable(Schema.array(of: Schema.object, atMost: limits.agentTools)),
                ],
                "description": "Further members are those of the model's provider.",
            ],
            "ChatCompletion": [
                "type": "object", "required": ["id", "object", "created", "model", "choices"],
                "properties": [
                    "id": Schema.string, "object": Schema.const("chat.completion"), "created": Schema.time,
                    "model": Schema.string, "choices": Schema.objects,
                    "usage": Schema.nullable(
                        Schema.answer([
                            "prompt_tokens": Schema.integer, "completion_tokens": Schema.integer,
                            "total_tokens": Schema.integer,
                        ])),
                ],
            ],
            "EmbeddingCreate": [
                "type": "object", "required": ["model", "input"],
                "properties": [
                    "model": model, "input": Schema.oneOf(Schema.string, Schema.array(of: Schema.anything)),
                    "encoding_format": Schema.nullable(Schema.choice("float", "base64")),
                    "dimensions": Schema.nullable(Schema.integer),
                ],
            ],
            "Embeddings": [
                "type": "object", "required": ["object", "data", "model"],
                "properties": ["object": Schema.const("list"), "data": Schema.objects, "model": Schema.string],
            ],
            "Model": Schema.answer([
                "id": Schema.string, "object": Schema.const("model"), "created": Schema.integer,
                "owned_by": Schema.string,
            ]),
            "Key": [
                "type": "object",
                "required": ["id", "object", "project", "name", "created_at", "revoked_at"],
                "properties": [
                    "id": Schema.string, "object": Schema.const("key"), "key": Schema.string,
                    "project": Schema.string, "name": Schema.string, "created_at": Schema.time,
                    "revoked_at": Schema.nullable(Schema.time),
                ],
            ],
        ]
    }

    private var content: JSON {
        Schema.oneOf(
            Schema.string,
            Schema.array(
                of: ["type": "object", "required": ["type"], "properties": ["type": Schema.string]],
                atMost: limits.contentParts))
    }

    private var messages: JSON {
        Schema.array(
            of: Schema.oneOf(
                Schema.request(
                    required: ["role", "content"],
                    ["role": Schema.choice("system", "developer", "user"), "content": content]),
                Schema.request(
                    required: ["role"],
                    [
                        "role": Schema.choice("assistant"), "content": content,
                        "tool_calls": Schema.array(of: Schema.object, atMost: limits.callsPerModelAnswer),
                    ]),
                Schema.request(
                    required: ["role", "tool_call_id", "content"],
                    ["role": Schema.choice("tool"), "tool_call_id": Schema.string, "content": content])),
            atMost: limits.requestMessages, notEmpty: true)
    }
}
