// Settings, deletion, recovery, and the environment.

extension Decision {
    mutating func update(_ update: SessionUpdated) {
        guard update != SessionUpdated() else { return }
        emit(.sessionUpdated(update))
    }

    mutating func delete() throws(CommandError) {
        guard state.activeTurn == nil else { throw .running }
        emit(.sessionDeleted)
    }

    /// A new process has the session: nothing that the old one ran is running any more.
    mutating func recover() {
        for open in state.openCalls {
            guard case .server(let tool) = state.call(of: open).runner else { continue }
            if tool.effectClass == .atMostOnce {
                let text = open.streamed.isEmpty ? "" : open.streamed + "\n"
                emit(
                    .toolFinished(
                        ToolFinished(
                            call: open.id, outcome: ToolOutcome(.unknown, output: text + ToolOutcome.unknownText))))
            } else {
                emit(.toolInterrupted(ToolInterrupted(call: open.id)))
            }
        }
        completeWhenClientIsNext()
        guard let due = state.dueCall, due.reasoning != nil || due.text != nil else { return }
        emit(
            .modelAttemptFailed(
                ModelAttemptFailed(
                    error: TurnError(code: "server_error", message: "the server stopped during the model call"),
                    retryAt: time, isCounted: false)))
    }

    mutating func environment(_ change: EnvironmentChanged) {
        guard state.environment.kind != .none, state.environment.status != change.status else { return }
        emit(.environmentChanged(change))
        failWithoutEnvironment()
    }

    /// A turn cannot work in an environment that could not be made.
    mutating func failWithoutEnvironment() {
        guard state.activeTurn != nil, state.environment.status == .failed else { return }
        let reason = state.environment.error ?? "the environment could not be made"
        emit(.turnEnded(TurnEnded(status: .failed, error: TurnError(code: "sandbox_error", message: reason))))
    }
}
