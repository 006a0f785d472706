// What the events of the Responses dialect mean.

extension SessionState {
    mutating func fold(_ event: ResponseRequested, at time: Milliseconds) {
        guard activeTurn == nil else { return }
        var turn = Turn(id: identifiers.turn(seq), createdAt: time, firstItem: items.count)
        turn.request = event.request
        turns.append(turn)
        for (index, body) in event.input.enumerated() {
            items.append(
                Item(
                    id: identifiers.item(body.idPrefix, seq, index), turn: turn.id, status: .completed, body: body,
                    modelCall: modelCalls + 1))
        }
        dueCall = DueCall()
        hasUnseenInput = false
        // A conversation is made without a model; the first one that works in it is the session's.
        if agent.model.isEmpty { agent.model = event.request.model }
    }

    mutating func fold(_ event: ItemsAdded, at time: Milliseconds) {
        guard activeTurn == nil else { return }
        var turn = Turn(id: identifiers.turn(seq), createdAt: time, firstItem: items.count)
        turn.status = .completed
        turn.endedAt = time
        turns.append(turn)
        for var item in event.items {
            item.turn = turn.id
            items.append(item)
        }
        modelCalls = max(modelCalls, event.modelCalls)
    }

    mutating func fold(_ event: ItemDeleted) {
        guard let index = items.firstIndex(where: { $0.id == event.item }) else { return }
        items[index].body = .deleted
        items[index].details = nil
    }

    mutating func fold(_ event: ResponseDeleted) {
        guard let index = turns.firstIndex(where: { $0.id == event.turn }) else { return }
        turns[index].isDeleted = true
    }

    /// The items that make up the conversation, oldest first. A response that failed or was cancelled adds nothing to it:
    /// its request may come again.
    public var conversation: [Item] {
        var conversation: [Item] = []
        for (index, turn) in turns.enumerated() where !turn.isAbandoned {
            for item in items[items(ofTurn: index)] where item.isPartOfConversation { conversation.append(item) }
        }
        return conversation
    }
}

extension SessionState {
    /// The conversation up to a turn's end, for a session that branches off there.
    public func past(through turn: String) -> ItemsAdded {
        var past = ItemsAdded(items: [])
        for (index, entry) in turns.enumerated() {
            if !entry.isAbandoned {
                for item in items[items(ofTurn: index)] where item.isPartOfConversation {
                    past.items.append(item)
                    past.modelCalls = max(past.modelCalls, item.modelCall)
                }
            }
            if entry.id == turn { break }
        }
        return past
    }

    /// Whether the conversation has a call with this id, the session's own or one that a client brought.
    public func hasCall(_ id: String) -> Bool {
        items.contains { item in
            switch item.body {
            case .toolCall(let call): call.id == id
            case .other(let other): other["call_id"]?.string == id && other.answeredCall == nil
            default: false
            }
        }
    }
}

extension Turn {
    /// A response that ended without an answer.
    var isAbandoned: Bool { request != nil && (status == .failed || status == .cancelled) }
}

extension Item {
    /// Whether the item was said: not deleted, not what a failed attempt left, not still being written.
    var isPartOfConversation: Bool {
        switch body {
        case .deleted: false
        case .assistantMessage, .reasoning, .other: status == .completed || status == .truncated
        default: true
        }
    }
}

extension Item.Body {
    /// How the ids of such items begin.
    var idPrefix: String {
        switch self {
        case .userMessage, .assistantMessage: "msg"
        case .reasoning: "rs"
        case .toolCall: "fc"
        case .functionOutput: "fco"
        case .deleted: "item"
        case .other(let item):
            switch item["type"]?.string ?? "message" {
            case "message": "msg"
            case "reasoning": "rs"
            case "function_call": "fc"
            case "function_call_output": "fco"
            case "custom_tool_call": "ctc"
            case "custom_tool_call_output": "ctco"
            case "compaction": "cmp"
            case "web_search_call": "ws"
            case "file_search_call": "fs"
            case "code_interpreter_call": "ci"
            case "image_generation_call": "ig"
            case "mcp_call": "mcp"
            case "mcp_list_tools": "mcpl"
            case "mcp_approval_request": "mcpr"
            default: "item"
            }
        }
    }
}
