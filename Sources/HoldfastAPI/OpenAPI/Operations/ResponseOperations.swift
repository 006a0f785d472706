import HTTPTypes
import HoldfastCore

extension APIOperation {
    /// See `ResponseRoutes` and `ResponseToolRoutes`.
    static func responses(_ limits: Limits) -> [APIOperation] {
        [
            APIOperation(
                method: .post, path: "/responses", id: "createResponse", summary: "Make a response.",
                body: Schema.ref("ResponseCreate"), answer: Schema.ref("Response"), streams: .onRequest,
                errors: [404, 409, 429]),
            APIOperation(
                method: .get, path: "/responses", id: "openResponseSocket",
                summary: "Serve a WebSocket; each of its 'response.create' messages is a request.", status: 101,
                errors: [426]),
            APIOperation(
                method: .get, path: "/responses/{response_id}", id: "retrieveResponse",
                summary: "Retrieve a stored response, or follow it.",
                query: [
                    APIParameter("stream", Schema.choice("true", "false"), "Whether to follow it."),
                    APIParameter(
                        "starting_after", Schema.integer(in: 0...Int64.max), "The number of the last event seen."),
                    .obfuscation,
                ], answer: Schema.ref("Response"), streams: .onRequest, errors: [429]),
            APIOperation(
                method: .delete, path: "/responses/{response_id}", id: "deleteResponse",
                summary: "Delete a stored response.", answer: Schema.deleted("response"), errors: [409, 429]),
            APIOperation(
                method: .post, path: "/responses/{response_id}/cancel", id: "cancelResponse",
                summary: "Cancel a response that was made with 'background'.", answer: Schema.ref("Response"),
                errors: [409, 429]),
            APIOperation(
                method: .get, path: "/responses/{response_id}/input_items", id: "listResponseInputItems",
                summary: "List the items of a response's input.", query: APIParameter.page(limits),
                answer: Schema.page(of: Schema.ref("ResponseItem"))),
            APIOperation(
                method: .post, path: "/responses/input_tokens", id: "countInputTokens",
                summary: "Estimate the tokens of an input.", body: Schema.ref("ResponseInput"), isBodyOptional: true,
                answer: Schema.answer([
                    "object": Schema.const("response.input_tokens"), "input_tokens": Schema.integer,
                ]), errors: [404]),
            APIOperation(
                method: .post, path: "/responses/compact", id: "compactResponse",
                summary: "Make a conversation shorter.", body: Schema.ref("ResponseCompact"),
                answer: Schema.answer([
                    "id": Schema.string, "object": Schema.const("response.compaction"), "created_at": Schema.time,
                    "output": Schema.array(of: Schema.ref("ResponseItem")), "usage": Schema.ref("Usage"),
                ]), errors: [404, 429]),
        ]
    }
}
