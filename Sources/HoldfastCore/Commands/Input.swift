// A client's input: messages, cancels, results of function calls.

extension Decision {
    mutating func input(_ events: [SessionCommand.InputEvent], _ limits: Limits) throws(CommandError) {
        // Messages that stand together are accepted together, so that the model sees them in one call.
        var messages: [[ContentPart]] = []
        for event in events {
            if case .messages(let more) = event {
                messages += more
                continue
            }
            try receive(messages, limits)
            messages = []
            switch event {
            case .messages: break
            case .cancel: cancel()
            case .functionResult(let turn, let call, let output): try functionResult(turn, call, output)
            }
        }
        try receive(messages, limits)
    }

    private mutating func receive(_ messages: [[ContentPart]], _ limits: Limits) throws(CommandError) {
        guard !messages.isEmpty else { return }
        guard state.activeTurn != nil || state.turns.count < limits.turnsPerSession else {
            throw .limit("turns_per_session")
        }
        emit(.inputReceived(InputReceived(messages: messages)))
        failWithoutEnvironment()
    }

    /// A cancel of an idle session changes nothing.
    private mutating func cancel() {
        guard state.activeTurn != nil else { return }
        emit(.turnEnded(TurnEnded(status: .cancelled)))
    }

    private mutating func functionResult(
        _ turn: String, _ call: String, _ output: FunctionOutput
    ) throws(CommandError) {
        guard let open = state.openCalls.first(where: { $0.id == call }), state.isClientCall(open) else {
            throw .unknownCall(call)
        }
        guard state.items[open.item].turn == turn else { throw .wrongTurn(call: call) }
        emit(.functionResultReceived(FunctionResultReceived(call: call, output: output)))
    }
}
