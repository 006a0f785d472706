import HoldfastCore

/// A response (`Response` of the `openai` package; the required members are those of Open Responses'
/// `ResponseResource`).
struct ResponseResource: JSONWritable {
    let state: SessionState
    let turn: Turn
    /// The index of the turn in its session.
    private let index: Int
    /// It was accepted, and no more is known of it yet.
    let isQueued: Bool

    /// - Returns: `nil` when the session has no such response.
    init?(_ state: SessionState, turn id: String, isQueued: Bool = false) {
        guard let index = state.turns.lastIndex(where: { $0.id == id }), state.turns[index].request != nil,
            !state.turns[index].isDeleted
        else { return nil }
        self.state = state
        self.index = index
        self.isQueued = isQueued
        turn = state.turns[index]
    }

    var id: String { ResponseID(session: state.id, turn: turn.id).description }

    /// The items that the request brought.
    var input: [Item] { items.filter { $0.outputIndex == nil && $0.body != .deleted } }

    /// What came out. What a failed attempt left was shown in the stream, but is not part of the answer.
    var output: [Item] {
        items.filter { item in
            guard item.outputIndex != nil, item.body != .deleted else { return false }
            switch item.body {
            case .assistantMessage, .reasoning, .other: return item.status != .incomplete
            default: return true
            }
        }
    }

    private var items: [Item] { Array(state.items[state.items(ofTurn: index)]) }

    /// `queued`, `in_progress`, `completed`, `incomplete`, `failed` or `cancelled`.
    var status: String {
        switch turn.status {
        case .active: isQueued ? "queued" : "in_progress"
        case .completed: turn.incompleteReason == nil ? "completed" : "incomplete"
        case .failed, .cancelled: turn.status.rawValue
        }
    }

    func write(to writer: inout JSONWriter) {
        let request = turn.request?.members ?? [:]
        writer.object { writer in
            writer.member("id", id)
            writer.member("object", "response")
            writer.member("created_at", turn.createdAt / 1_000)
            writer.member("completed_at", turn.status == .completed ? turn.endedAt.map { $0 / 1_000 } : nil)
            writer.member("status", status)
            writer.member("background", request["background"] ?? false)
            writeEnd(to: &writer)
            ResponseSettings(request: request).write(members: &writer)
            writer.member("output", output.map { ResponseItem(item: $0, withEncryptedContent: showsReplay(request)) })
            writer.member("usage", turn.modelCalls == 0 ? nil : ResponseUsage(usage: turn.usage))
            if request["conversation"] != nil {
                writer.object("conversation") { $0.member("id", SessionName.conversation(state.id)) }
            }
        }
    }

    private func showsReplay(_ request: JSONObject) -> Bool {
        request["include"]?.array?.contains("reasoning.encrypted_content") == true
    }

    private func writeEnd(to writer: inout JSONWriter) {
        writer.name("error")
        if turn.status == .failed, let error = turn.error {
            writer.object { writer in
                writer.member("code", error.responseCode)
                writer.member("message", error.message)
            }
        } else {
            writer.null()
        }
        writer.name("incomplete_details")
        if turn.status == .completed, let reason = turn.incompleteReason {
            writer.object { $0.member("reason", reason) }
        } else {
            writer.null()
        }
    }
}

extension TurnError {
    /// The code in the words of `ResponseError`, which has few.
    var responseCode: String {
        switch code {
        case "rate_limit_exceeded": "rate_limit_exceeded"
        case "invalid_request", "context_length_exceeded": "invalid_prompt"
        default: "server_error"
        }
    }
}

/// Token usage in the words of Responses.
struct ResponseUsage: JSONWritable {
    let usage: TokenUsage

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("input_tokens", usage.input)
            writer.object("input_tokens_details") { writer in
                writer.member("cached_tokens", usage.cached)
                writer.member("cache_write_tokens", usage.cacheWrite)
            }
            writer.member("output_tokens", usage.output)
            writer.object("output_tokens_details") { $0.member("reasoning_tokens", usage.reasoning) }
            writer.member("total_tokens", usage.input + usage.output)
        }
    }
}
