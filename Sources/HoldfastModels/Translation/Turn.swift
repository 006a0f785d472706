import HoldfastCore

/// One turn of a conversation in dialects with blocks of content, where roles take turns and tool results are a part
/// of the user's turn.
struct Turn: Equatable {
    enum Role: String {
        case user
        case assistant
    }

    enum Block: Equatable {
        case part(ContentPart)
        case toolUse(id: String, name: String, input: JSONObject)
        case toolResult(id: String, [ContentPart])
        /// What the provider itself wants to see again.
        case replay(JSON)
    }

    var role: Role
    var blocks: [Block]
}

extension Turn.Block {
    var isResult: Bool { if case .toolResult = self { true } else { false } }
}
