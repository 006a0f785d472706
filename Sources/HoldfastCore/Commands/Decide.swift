extension SessionCore {
    /// What a command makes happen to a session.
    /// - Parameters:
    ///   - time: when the command is handled; never before the session's last event.
    ///   - onEvent: sees each event with the states around it, in order.
    /// - Throws: `CommandError`; then nothing happened.
    public static func decide(
        _ state: SessionState, _ command: SessionCommand, at time: Milliseconds, limits: Limits,
        onEvent: ((_ event: SessionEvent, _ before: SessionState, _ after: SessionState) -> Void)? = nil
    ) throws(CommandError) -> Decision {
        if state.isDeleted {
            // All that still happens to a deleted session is that its environment goes away.
            guard case .environment = command else {
                if case .recover = command { return Decision(state, at: time, onEvent: nil) }
                throw .notFound
            }
        }
        var decision = Decision(state, at: max(time, state.lastActiveAt), onEvent: onEvent)
        switch command {
        case .input(let events, let isKeyed):
            try decision.input(events, limits)
            if isKeyed, decision.events.isEmpty { decision.emit(.inputIgnored(InputIgnored())) }
        case .respond(let request, let input, let after): try decision.respond(request, input, after: after, limits)
        case .addItems(let items): try decision.add(items, limits)
        case .branch(let past): decision.emit(.itemsAdded(past))
        case .deleteItem(let item): try decision.deleteItem(item)
        case .deleteResponse(let turn): try decision.deleteResponse(turn)
        case .cancel(let turn): try decision.cancel(turn)
        case .update(let update): decision.update(update)
        case .delete: try decision.delete()
        case .recover: decision.recover()
        case .environment(let change): decision.environment(change)
        case .modelPieces(let attempt, let pieces): decision.modelPieces(attempt, pieces)
        case .modelAnswered(let attempt, let answer): decision.modelAnswered(attempt, answer, limits)
        case .modelFailed(let attempt, let error, let jitter):
            decision.modelFailed(attempt, error, jitter: jitter, limits)
        case .toolOutput(let attempt, let text): decision.toolOutput(attempt, text)
        case .toolFinished(let attempt, let outcome): decision.toolFinished(attempt, outcome)
        }
        return decision
    }
}
