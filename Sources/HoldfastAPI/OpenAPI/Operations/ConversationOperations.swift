import HTTPTypes
import HoldfastCore

extension APIOperation {
    /// See `ConversationRoutes`.
    static func conversations(_ limits: Limits) -> [APIOperation] {
        let one = "/conversations/{conversation_id}"
        return [
            APIOperation(
                method: .post, path: "/conversations", id: "createConversation", summary: "Create a conversation.",
                body: Schema.request([
                    "items": Schema.array(of: Schema.ref("InputItem"), atMost: limits.conversationItems),
                    "metadata": Schema.metadata(limits),
                ]), isBodyOptional: true, answer: Schema.ref("Conversation"), errors: [404, 429]),
            APIOperation(
                method: .get, path: one, id: "retrieveConversation", summary: "Retrieve a conversation.",
                answer: Schema.ref("Conversation")),
            APIOperation(
                method: .post, path: one, id: "updateConversation", summary: "Change a conversation's metadata.",
                body: [
                    "type": "object", "properties": ["metadata": Schema.nullable(Schema.metadata(limits))],
                    "required": ["metadata"],
                ], answer: Schema.ref("Conversation"), errors: [409, 429]),
            APIOperation(
                method: .delete, path: one, id: "deleteConversation", summary: "Delete a conversation.",
                answer: Schema.deleted("conversation.deleted"), errors: [409, 429]),
            APIOperation(
                method: .post, path: one + "/items", id: "createConversationItems", summary: "Add items.",
                body: Schema.request(
                    required: ["items"],
                    [
                        "items": Schema.array(
                            of: Schema.ref("InputItem"), atMost: limits.conversationItems, notEmpty: true)
                    ]), answer: Schema.page(of: Schema.ref("ResponseItem")), errors: [409, 429]),
            APIOperation(
                method: .get, path: one + "/items", id: "listConversationItems", summary: "List the items.",
                query: APIParameter.page(limits) + [
                    APIParameter(
                        "include", Schema.array(of: Schema.string), "'reasoning.encrypted_content' shows it.")
                ], answer: Schema.page(of: Schema.ref("ResponseItem"))),
            APIOperation(
                method: .get, path: one + "/items/{item_id}", id: "retrieveConversationItem",
                summary: "Retrieve an item.", answer: Schema.ref("ResponseItem")),
            APIOperation(
                method: .delete, path: one + "/items/{item_id}", id: "deleteConversationItem",
                summary: "Delete an item.", answer: Schema.ref("Conversation"), errors: [409, 429]),
        ]
    }
}
