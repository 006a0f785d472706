// What comes out of a server-side tool. Whatever belongs to an older attempt is late and is ignored.

extension Decision {
    private func isOpen(_ attempt: SessionCommand.ToolAttempt) -> Bool {
        state.openCalls.contains { $0.id == attempt.call && $0.attempt == attempt.attempt }
    }

    mutating func toolOutput(_ attempt: SessionCommand.ToolAttempt, _ text: String) {
        guard isOpen(attempt), !text.isEmpty else { return }
        emit(.toolOutput(ToolOutput(call: attempt.call, text: text)))
    }

    mutating func toolFinished(_ attempt: SessionCommand.ToolAttempt, _ outcome: ToolOutcome) {
        guard isOpen(attempt) else { return }
        emit(.toolFinished(ToolFinished(call: attempt.call, outcome: outcome)))
        completeWhenClientIsNext()
    }
}
