import HTTPTypes
import HoldfastCore

extension APIOperation {
    /// See `KeyRoutes`.
    static func keys(_ limits: Limits) -> [APIOperation] {
        [
            APIOperation(
                method: .get, path: "/keys", id: "listKeys", summary: "List the project's API keys.",
                answer: Schema.page(of: Schema.ref("Key"))),
            APIOperation(
                method: .post, path: "/keys", id: "createKey",
                summary: "Make an API key; the answer alone shows it whole, in 'key'.",
                body: Schema.request([
                    "name": Schema.text(atMost: limits.identifier),
                    "project": ["type": "string", "maxLength": 64, "pattern": "^[!-~]+$"],
                ]), isBodyOptional: true, answer: Schema.ref("Key"), errors: [403]),
            APIOperation(
                method: .delete, path: "/keys/{key_id}", id: "revokeKey", summary: "Revoke an API key.",
                answer: Schema.deleted("key.deleted")),
        ]
    }
}
