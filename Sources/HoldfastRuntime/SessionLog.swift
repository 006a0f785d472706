import HoldfastCore
import Logging

/// What operators want to know of a session's commits, with the session's and the turn's id. Never what anybody said.
struct SessionLog {
    let logger: Logger

    /// Logs a commit; `state` is the session behind its events.
    func write(_ events: [(event: SessionEvent, at: Milliseconds)], of state: borrowing SessionState) {
        for (event, _) in events {
            switch event {
            case .inputReceived: log(state, .debug, "input received")
            case .modelAttemptFailed(let failed):
                log(
                    state, .warning, "a model call failed and will be repeated",
                    ["code": "\(failed.error.code)", "reason": "\(failed.error.message)"])
            case .toolFinished(let finished) where finished.outcome.kind == .unknown:
                log(state, .warning, "the outcome of a tool call is unknown", ["call": "\(finished.call)"])
            case .environmentChanged(let change) where change.status == .failed:
                log(state, .warning, "an environment could not be made", ["reason": "\(change.error ?? "")"])
            case .turnEnded(let ended) where ended.status == .failed:
                log(
                    state, .warning, "turn failed",
                    ["code": "\(ended.error?.code ?? "")", "reason": "\(ended.error?.message ?? "")"])
            case .turnEnded(let ended): log(state, .info, "turn \(ended.status.rawValue)")
            default: break
            }
        }
    }

    private func log(
        _ state: borrowing SessionState, _ level: Logger.Level, _ message: String, _ more: Logger.Metadata = [:]
    ) {
        guard logger.logLevel <= level else { return }
        var metadata: Logger.Metadata = ["session": .string(state.id)]
        if let turn = state.turns.last { metadata["turn"] = .string(turn.id) }
        logger.log(level: level, "\(message)", metadata: metadata.merging(more) { $1 })
    }
}
