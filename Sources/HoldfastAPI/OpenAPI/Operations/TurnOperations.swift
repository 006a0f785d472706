import HTTPTypes
import HoldfastCore

extension APIOperation {
    /// See `TurnRoutes`.
    static func turns(_ limits: Limits) -> [APIOperation] {
        [
            APIOperation(
                method: .get, path: "/agents/sessions/{session_id}/items", id: "listSessionItems",
                summary: "List the items of a session.", query: APIParameter.page(limits),
                answer: Schema.page(of: Schema.ref("SessionItem"))),
            APIOperation(
                method: .get, path: "/agents/sessions/{session_id}/turns", id: "listTurns",
                summary: "List the turns of a session.", query: APIParameter.page(limits),
                answer: Schema.page(of: Schema.ref("Turn"))),
            APIOperation(
                method: .get, path: "/agents/sessions/{session_id}/turns/{turn_id}", id: "retrieveTurn",
                summary: "Retrieve a turn.", answer: Schema.ref("Turn")),
            APIOperation(
                method: .get, path: "/agents/sessions/{session_id}/turns/{turn_id}/items", id: "listTurnItems",
                summary: "List the items of a turn.", query: APIParameter.page(limits),
                answer: Schema.page(of: Schema.ref("SessionItem"))),
        ]
    }
}
