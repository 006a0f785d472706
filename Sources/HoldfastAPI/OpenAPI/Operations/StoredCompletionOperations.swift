import HTTPTypes
import HoldfastCore

extension APIOperation {
    /// See `StoredCompletionRoutes`.
    static func storedCompletions(_ limits: Limits) -> [APIOperation] {
        let one = "/chat/completions/{completion_id}"
        return [
            APIOperation(
                method: .get, path: "/chat/completions", id: "listChatCompletions",
                summary: "List the stored completions, oldest first by default.",
                query: APIParameter.page(limits) + [
                    APIParameter("model", Schema.string, "Only those of this model.")
                ], answer: Schema.page(of: Schema.ref("ChatCompletion"))),
            APIOperation(
                method: .get, path: one, id: "retrieveChatCompletion", summary: "Retrieve a stored completion.",
                answer: Schema.ref("ChatCompletion")),
            APIOperation(
                method: .post, path: one, id: "updateChatCompletion", summary: "Change a stored completion's metadata.",
                body: [
                    "type": "object", "properties": ["metadata": Schema.nullable(Schema.metadata(limits))],
                    "required": ["metadata"],
                ], answer: Schema.ref("ChatCompletion"), errors: [409, 429]),
            APIOperation(
                method: .delete, path: one, id: "deleteChatCompletion", summary: "Delete a stored completion.",
                answer: Schema.deleted("chat.completion.deleted"), errors: [409, 429]),
            APIOperation(
                method: .get, path: one + "/messages", id: "listChatCompletionMessages",
                summary: "List the messages of a stored completion's request, oldest first by default.",
                query: APIParameter.page(limits), answer: Schema.page(of: Schema.object)),
        ]
    }
}
