public import HoldfastCore
import HoldfastStore

extension UsageRecord {
    /// What a session's model call used.
    /// - Parameters:
    ///   - state: the session while the call was under way.
    ///   - time: when it ended.
    init(session state: SessionState, report: ModelCallReport?, endedAt time: Milliseconds) {
        self.init(
            at: time - (report?.latency ?? 0), project: state.project, operation: .session,
            model: state.activeTurn?.request?.model ?? state.agent.model)
        session = state.id
        turn = state.activeTurn?.id
        key = state.activeTurn?.request?.key ?? ""
        guard let report else { return }
        route = report.route
        target = report.target
        attempts = report.attempts
        latency = report.latency
        firstToken = report.firstPiece
    }

    /// What an answer used, which is about to be in the journal.
    init(answer: ModelAnswer, session state: SessionState, endedAt time: Milliseconds) {
        self.init(session: state, report: answer.report, endedAt: time)
        tokens = answer.usage
        cost = answer.cost
    }
}

extension TokenUsage {
    /// Bytes of text for a token, about, in most languages and models.
    private static let bytesPerToken = 4

    /// What a call probably used, of which the provider has not told anything.
    public static func estimate(requestBytes: Int, answerBytes: Int) -> TokenUsage {
        estimate(requestBytes: requestBytes, tokens: (answerBytes + bytesPerToken - 1) / bytesPerToken)
    }

    /// The same when the tokens of the answer were counted.
    public static func estimate(requestBytes: Int, tokens: Int) -> TokenUsage {
        TokenUsage(input: (requestBytes + bytesPerToken - 1) / bytesPerToken, output: tokens)
    }
}

extension ModelRequest {
    /// The bytes of its texts, about.
    public var approximateBytes: Int {
        context.reduce(instructions?.utf8.count ?? 0) { sum, entry in
            switch entry {
            case .system(let text), .assistant(let text), .reasoning(let text, _): sum + text.utf8.count
            case .call(_, let name, let input), .customCall(_, let name, let input):
                sum + name.utf8.count + input.utf8.count
            case .user(let parts), .result(_, let parts):
                parts.reduce(sum) { sum, part in
                    if case .text(let text) = part { sum + text.utf8.count } else { sum }
                }
            case .other(let object): sum + JSONWriter.bytes(object).count
            }
        }
    }
}
