import HoldfastCore

/// A session as a conversation (`Conversation` of the `openai` package).
struct ConversationResource: JSONWritable {
    let state: SessionState

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", SessionName.conversation(state.id))
            writer.member("object", "conversation")
            writer.member("created_at", state.createdAt / 1_000)
            writer.member("metadata", state.metadata)
        }
    }
}
