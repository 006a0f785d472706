// What the events of a model call mean: pieces open items, the answer completes them.

extension SessionState {
    mutating func fold(_ event: ModelDelta) {
        guard dueCall != nil else { return }
        switch event.piece {
        case .reasoning(let text):
            let item = dueCall?.reasoning ?? open("rs", 0, .reasoning(summary: ""))
            dueCall?.reasoning = item
            append(text, to: item)
        case .text(let text):
            // Text after reasoning: the reasoning is complete.
            if let reasoning = dueCall?.reasoning, !items[reasoning].cameWhole { items[reasoning].status = .completed }
            let item = dueCall?.text ?? open("msg", 0, .assistantMessage(text: "", isFinal: false))
            dueCall?.text = item
            append(text, to: item)
        case .item(let item): fold(whole: item)
        }
    }

    /// An item that comes whole, and counts when the answer does. The first reasoning is the answer's own, however it came.
    private mutating func fold(whole item: JSONObject) {
        let reasoning = dueCall?.reasoning
        guard item["type"] == "reasoning", reasoning.map({ items[$0].cameWhole }) != true else {
            let place = add(item, 0)
            dueCall?.items.append(place)
            return
        }
        let place = reasoning ?? open("rs", 0, .reasoning(summary: ""))
        dueCall?.reasoning = place
        items[place].body = .reasoning(summary: item.reasoningText)
        items[place].details = ["replay": ["responses": .object(item)]]
    }

    mutating func fold(_ event: ModelAnswered) {
        guard let due = dueCall else { return }
        let answer = event.answer
        dueCall = nil
        let last = turns.count - 1
        var wholeItems = 0
        for part in answer.orderedOutput {
            switch part {
            case .reasoning: completeReasoning(due, answer)
            case .message: completeMessage(due, answer)
            case .call(let index):
                guard answer.calls.indices.contains(index), event.runners.indices.contains(index) else { continue }
                add(answer.calls[index], event.runners[index], index)
            case .item(let item):
                // What was streamed already has its place.
                let isKnown = due.items.indices.contains(wholeItems)
                let place = isKnown ? due.items[wholeItems] : add(item, 2 + answer.calls.count + wholeItems)
                items[place].status = .completed
                wholeItems += 1
            }
        }
        if turns[last].request != nil {
            turns[last].incompleteReason =
                answer.isFiltered ? "content_filter" : answer.isTruncated ? "max_output_tokens" : nil
            turns[last].isClientNext = event.runners.contains(.client)
        }
        count(answer)
        modelCalls += 1
        // Refused calls have their result at once; a message that the call did not see needs another one.
        if openCalls.isEmpty, !turns[last].isClientNext, !answer.calls.isEmpty || hasUnseenInput {
            dueCall = DueCall()
            hasUnseenInput = false
        }
    }

    private mutating func completeReasoning(_ due: DueCall, _ answer: ModelAnswer) {
        let item = complete(
            due.reasoning, "rs", 0, .reasoning(summary: answer.reasoning),
            isEmpty: answer.reasoning.isEmpty && answer.replay == nil)
        if let item, let replay = answer.replay { items[item].details = ["replay": .object(replay)] }
    }

    private mutating func completeMessage(_ due: DueCall, _ answer: ModelAnswer) {
        let text = answer.text.isEmpty ? answer.refusal : answer.text
        let item = complete(
            due.text, "msg", 1, .assistantMessage(text: text, isFinal: answer.calls.isEmpty && !hasUnseenInput),
            isEmpty: text.isEmpty && answer.messageMembers.isEmpty)
        guard let item else { return }
        if answer.isTruncated { items[item].status = .truncated }
        items[item].details = answer.messageDetails
    }

    mutating func fold(_ event: ModelAttemptFailed) {
        guard dueCall != nil else { return }
        closePartialItems(as: .incomplete)
        dueCall?.attempt += 1
        if event.isCounted { dueCall?.failures += 1 }
        dueCall?.notBefore = event.retryAt
    }

    /// Closes what the running attempt streamed so far.
    mutating func closePartialItems(as status: Item.Status) {
        let open = [dueCall?.reasoning, dueCall?.text].compactMap(\.self) + (dueCall?.items ?? [])
        for index in open where items[index].status == .inProgress { items[index].status = status }
        dueCall?.items = []
        dueCall?.reasoning = nil
        dueCall?.text = nil
    }

    private mutating func count(_ answer: ModelAnswer) {
        let last = turns.count - 1
        turns[last].usage += answer.usage
        turns[last].modelCalls += 1
        usage += answer.usage
        spent += answer.cost
    }

    private mutating func add(_ call: ModelAnswer.Call, _ runner: ToolCall.Runner, _ index: Int) {
        let prefix: String
        let status: Item.Status
        switch runner {
        // The result of a response's call comes with the next request, if it comes.
        case .client where turns[turns.count - 1].request != nil:
            (prefix, status) = (call.isCustom ? "ctc" : "fc", .completed)
        case .client: (prefix, status) = ("fc", .inProgress)
        case .server(let tool): (prefix, status) = (tool.presentation == .command ? "cmd" : "call", .inProgress)
        case .refused: (prefix, status) = ("fc", .failed)
        }
        let id = identifiers.call(seq, index)
        let body = ToolCall(
            id: id, name: call.name, arguments: call.arguments, isCustom: call.isCustom, runner: runner)
        let item = open(prefix, 2 + index, .toolCall(body))
        items[item].status = status
        if status == .inProgress { openCalls.append(OpenCall(item: item, id: id)) }
    }

    /// Adds an item of the Responses dialect, still in progress, and returns its index. It keeps the provider's id, which other items may name
    /// (an approval its request), unless another item has that id or could get it.
    private mutating func add(_ item: JSONObject, _ index: Int) -> Int {
        let body = Item.Body.other(item)
        let place = open(body.idPrefix, index, body)
        if let id = item["id"]?.string, identifiers.isForeign(id), !items.contains(where: { $0.id == id }) {
            items[place].id = id
        }
        return place
    }

    /// Adds an output item in progress and returns its index.
    private mutating func open(_ prefix: String, _ index: Int, _ body: Item.Body) -> Int {
        let last = turns.count - 1
        items.append(
            Item(
                id: identifiers.item(prefix, seq, index), turn: turns[last].id, status: .inProgress, body: body,
                modelCall: modelCalls + 1, outputIndex: turns[last].outputs))
        turns[last].outputs += 1
        return items.count - 1
    }

    /// Completes what was streamed, or adds what was not; returns its index, `nil` when there is nothing.
    private mutating func complete(
        _ item: Int?, _ prefix: String, _ index: Int, _ body: Item.Body, isEmpty: Bool
    ) -> Int? {
        // Reasoning that text has followed was shown as complete: it stays as it is.
        if let item, items[item].status != .inProgress { return item }
        guard item != nil || !isEmpty else { return nil }
        let place = item ?? open(prefix, index, body)
        items[place].body = body
        items[place].status = .completed
        return place
    }

    private mutating func append(_ text: String, to item: Int) {
        switch items[item].body {
        case .reasoning(let old): items[item].body = .reasoning(summary: old + text)
        case .assistantMessage(let old, let isFinal):
            items[item].body = .assistantMessage(text: old + text, isFinal: isFinal)
        default: break
        }
    }
}

extension ModelAnswer {
    /// What the message has beside its text, see `Item.details`; `nil` for nothing.
    fileprivate var messageDetails: JSONObject? {
        var details = JSONObject()
        if text.isEmpty, !refusal.isEmpty { details["refusal"] = true }
        if !annotations.isEmpty { details["annotations"] = .array(annotations) }
        if !logprobs.isEmpty { details["logprobs"] = .array(logprobs) }
        for member in messageMembers.members { details[member.name] = member.value }
        return details.members.isEmpty ? nil : details
    }
}
