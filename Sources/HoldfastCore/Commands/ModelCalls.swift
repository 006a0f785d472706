// What comes out of a model call. Whatever belongs to another attempt than the one that is due is late and is ignored.

extension Decision {
    private func isDue(_ attempt: SessionCommand.ModelAttempt) -> Bool {
        guard let due = state.dueCall, state.activeTurn != nil else { return false }
        return attempt.number == state.modelCalls + 1 && attempt.attempt == due.attempt
    }

    mutating func modelPieces(_ attempt: SessionCommand.ModelAttempt, _ pieces: [ModelPiece]) {
        guard isDue(attempt) else { return }
        for piece in pieces {
            // Text closes the reasoning; what a model thinks afterwards comes with its answer, or not at all.
            if case .reasoning = piece, state.dueCall?.text != nil { continue }
            emit(.modelDelta(ModelDelta(piece)))
        }
    }

    mutating func modelAnswered(
        _ attempt: SessionCommand.ModelAttempt, _ answered: ModelAnswered, _ limits: Limits
    ) {
        guard isDue(attempt) else { return }
        emit(.modelAnswered(answered))
        if state.dueCall == nil, state.openCalls.isEmpty {
            return emit(.turnEnded(TurnEnded(status: .completed)))
        }
        if let turn = state.activeTurn, turn.modelCalls >= limits.modelCallsPerTurn {
            let message = "the turn made \(turn.modelCalls) model calls, the most that one turn may make"
            return emit(
                .turnEnded(
                    TurnEnded(status: .failed, error: TurnError(code: "usage_limit_exceeded", message: message))))
        }
        for open in state.openCalls {
            guard case .server(let tool) = state.call(of: open).runner, tool.effectClass == .atMostOnce else {
                continue
            }
            emit(.toolStarted(ToolStarted(call: open.id, attempt: open.attempt)))
        }
    }

    mutating func modelFailed(
        _ attempt: SessionCommand.ModelAttempt, _ error: ModelError, jitter: Double, _ limits: Limits
    ) {
        guard isDue(attempt), let due = state.dueCall else { return }
        let failure = TurnError(code: error.code.rawValue, message: error.message)
        guard error.isRetryable, due.failures + 1 < limits.modelAttempts else {
            return emit(.turnEnded(TurnEnded(status: .failed, error: failure)))
        }
        let wait = Self.backoff(failures: due.failures, error.retryAfter, jitter: jitter, limits)
        emit(.modelAttemptFailed(ModelAttemptFailed(error: failure, retryAt: time + wait, isCounted: true)))
    }

    /// Exponential with equal jitter up to the limit; never shorter than the provider asked for.
    static func backoff(failures: Int, _ retryAfter: Milliseconds?, jitter: Double, _ limits: Limits) -> Milliseconds {
        let ceiling = min(limits.modelRetryMaximum, limits.modelRetryBase << min(failures, 20))
        let wait = ceiling / 2 + Milliseconds(Double(ceiling / 2) * jitter)
        return max(wait, retryAfter ?? 0)
    }
}
