// What each event means to a session's state. `seq` was already counted up when these run.

extension SessionState {
    mutating func fold(_ event: SessionUpdated) {
        if let agent = event.agent { self.agent = agent }
        if let metadata = event.metadata { self.metadata = metadata }
        switch event.spendLimit {
        case nil: break
        case .some(.none): spendLimit = nil
        case .cents(let cents): spendLimit = cents
        }
    }

    mutating func fold(_ event: InputReceived, at time: Milliseconds) {
        if activeTurn == nil {
            turns.append(Turn(id: identifiers.turn(seq), createdAt: time, firstItem: items.count))
            dueCall = DueCall()
            hasUnseenInput = false
            add(event.messages, seenBy: modelCalls + 1)
        } else {
            // A due call may be under way with the context as it was: it does not see this message.
            add(event.messages, seenBy: modelCalls + (dueCall == nil ? 1 : 2))
            hasUnseenInput = dueCall != nil || hasUnseenInput
        }
    }

    private mutating func add(_ messages: [[ContentPart]], seenBy call: Int) {
        for (index, content) in messages.enumerated() {
            items.append(
                Item(
                    id: identifiers.item("msg", seq, index), turn: turns[turns.count - 1].id, status: .completed,
                    body: .userMessage(content), modelCall: call))
        }
    }

    mutating func fold(_ event: FunctionResultReceived) {
        guard let place = openCalls.firstIndex(where: { $0.id == event.call }) else { return }
        let item = openCalls.remove(at: place).item
        var status = Item.Status.completed
        if case .error = event.output { status = .failed }
        items[item].status = .completed
        items.append(
            Item(
                id: identifiers.item("fco", seq, 0), turn: items[item].turn, status: status,
                body: .functionOutput(call: event.call, output: event.output), modelCall: items[item].modelCall))
        continueWhenAnswered()
    }

    mutating func fold(_ event: ToolFinished) {
        guard let place = openCalls.firstIndex(where: { $0.id == event.call }) else { return }
        let open = openCalls.remove(at: place)
        settle(open, event.outcome)
        continueWhenAnswered()
    }

    /// All results of the last answer are there: the model goes on.
    private mutating func continueWhenAnswered() {
        guard openCalls.isEmpty, let turn = activeTurn, !turn.isClientNext else { return }
        dueCall = DueCall()
        hasUnseenInput = false
    }

    private mutating func settle(_ open: OpenCall, _ outcome: ToolOutcome) {
        guard case .toolCall(var call) = items[open.item].body else { return }
        call.outcome = outcome
        items[open.item].body = .toolCall(call)
        items[open.item].status =
            switch outcome.kind {
            case .succeeded: .completed
            case .failed: .failed
            case .cancelled, .unknown: .incomplete
            }
    }

    mutating func fold(_ event: TurnEnded, at time: Milliseconds) {
        guard activeTurn != nil else { return }
        closePartialItems(as: event.status == .cancelled ? .truncated : .incomplete)
        for open in openCalls {
            if isClientCall(open) {
                items[open.item].status = .incomplete
            } else {
                settle(open, ToolOutcome(.cancelled, output: open.streamed))
            }
        }
        openCalls = []
        if dueCall != nil {
            // The call that was given up counts, so that later items sort behind what it left.
            modelCalls += 1
            dueCall = nil
        }
        hasUnseenInput = false
        let last = turns.count - 1
        turns[last].status = event.status
        turns[last].error = event.error
        turns[last].endedAt = time
    }

    mutating func withOpenCall(_ id: String, _ body: (inout OpenCall) -> Void) {
        guard let place = openCalls.firstIndex(where: { $0.id == id }) else { return }
        body(&openCalls[place])
    }
}
