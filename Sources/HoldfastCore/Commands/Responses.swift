// The Responses dialect: requests, items, deletions.

extension Decision {
    mutating func respond(
        _ request: TurnRequest, _ input: [Item.Body], after: String?, _ limits: Limits
    ) throws(CommandError) {
        if let after, state.turns.last?.id != after { throw .continued }
        guard state.activeTurn == nil else { throw .busy }
        guard state.turns.count < limits.turnsPerSession else { throw .limit("turns_per_session") }
        emit(.responseRequested(ResponseRequested(request: request, input: input)))
        failWithoutEnvironment()
    }

    mutating func add(_ bodies: [Item.Body], _ limits: Limits) throws(CommandError) {
        guard state.activeTurn == nil else { throw .busy }
        guard state.turns.count < limits.turnsPerSession else { throw .limit("turns_per_session") }
        let seq = state.seq + 1
        let items = bodies.enumerated().map { index, body in
            Item(
                id: state.identifiers.item(body.idPrefix, seq, index), turn: "", status: .completed, body: body,
                modelCall: state.modelCalls + 1)
        }
        emit(.itemsAdded(ItemsAdded(items: items)))
    }

    mutating func deleteItem(_ id: String) throws(CommandError) {
        guard let item = state.items.last(where: { $0.id == id }), item.body != .deleted else { throw .unknown(id) }
        guard item.turn != state.activeTurn?.id else { throw .busy }
        emit(.itemDeleted(ItemDeleted(item: id)))
    }

    /// A chain whose responses are all deleted is deleted with them.
    mutating func deleteResponse(_ turn: String) throws(CommandError) {
        guard let found = state.turns.last(where: { $0.id == turn }), found.request != nil, !found.isDeleted else {
            throw .unknown(turn)
        }
        if found.status == .active { emit(.turnEnded(TurnEnded(status: .cancelled))) }
        emit(.responseDeleted(ResponseDeleted(turn: turn)))
        if state.isChain, state.activeTurn == nil,
            state.turns.allSatisfy({ $0.isDeleted || ($0.request == nil && $0.modelCalls == 0) })
        {
            emit(.sessionDeleted)
        }
    }

    /// Cancelling a turn that has ended changes nothing.
    mutating func cancel(_ turn: String) throws(CommandError) {
        guard state.turns.contains(where: { $0.id == turn }) else { throw .unknown(turn) }
        guard state.activeTurn?.id == turn else { return }
        emit(.turnEnded(TurnEnded(status: .cancelled)))
    }

    /// A response whose last answer calls the client's functions ends when the server's own calls are done.
    mutating func completeWhenClientIsNext() {
        guard let turn = state.activeTurn, turn.isClientNext, state.openCalls.isEmpty, state.dueCall == nil else {
            return
        }
        emit(.turnEnded(TurnEnded(status: .completed)))
    }
}
