public import HoldfastCore

/// A model for clients that speak plain language: it understands next to nothing, but behaves like a well-mannered
/// model, with tools, structured answers, streams and embeddings, always in the same way.
///
/// `docs/guides/improv-model.md` says what it does. It needs no network and no key, and costs nothing.
public struct ImprovProvider: PricedProvider, EmbeddingProvider {
    public init() {}

    /// Its price is known: it is 0.
    public var hasPrice: Bool { true }

    public func call(
        _ request: ModelRequest, emit: @escaping @Sendable (ModelPiece) -> Void
    ) async throws(ModelError) -> ModelAnswer {
        try refuse(request)
        let draft = ImprovAnswer(request)
        var answer = ModelAnswer(text: draft.text, calls: draft.calls)
        if let effort = request.options.reasoningEffort, effort != "none" {
            answer.reasoning = "I was asked something and thought about it. \(draft.intention)"
        }
        answer.cut(to: request.options)
        answer.usage = ScriptedLanguage.usage(of: answer, context: request.scriptedContext)
        if let alternatives = request.options.topLogprobs {
            answer.logprobs = ScriptedLanguage.tokens(answer.text).map {
                ImprovLogprob(token: $0, alternatives: alternatives).json
            }
        }
        for token in ScriptedLanguage.tokens(answer.reasoning) { try await say(.reasoning(token), emit) }
        for token in ScriptedLanguage.tokens(answer.text) { try await say(.text(token), emit) }
        return answer
    }

    private func say(_ piece: ModelPiece, _ emit: (ModelPiece) -> Void) async throws(ModelError) {
        emit(piece)
        await Task.yield()
        if Task.isCancelled { throw ModelError(.connection, "cancelled", isRetryable: false) }
    }

    /// What it was asked for by name and does not have.
    private func refuse(_ request: ModelRequest) throws(ModelError) {
        guard case .tool(let name) = request.options.toolChoice else { return }
        let tool = request.tools.first { $0.name == name }
        if case .hosted? = tool?.kind {
            throw ModelError(
                .invalidRequest, "'tool_choice' names '\(name)', which this model cannot run itself",
                isRetryable: false)
        }
        guard tool != nil else {
            throw ModelError(
                .invalidRequest, "'tool_choice' names '\(name)', which is not among the tools", isRetryable: false)
        }
    }
}

/// The probability of a token, which is made from the token itself.
private struct ImprovLogprob {
    let token: String
    let alternatives: Int

    /// In OpenAI's words.
    var json: JSON {
        let top = (0..<alternatives).map { index -> JSON in
            .object(entry(index == 0 ? token : "\(token.improvTrimmed)~\(index)", rank: index))
        }
        var whole = entry(token, rank: 0)
        whole["top_logprobs"] = .array(top)
        return .object(whole)
    }

    private func entry(_ text: String, rank: Int) -> JSONObject {
        let fraction = Double(ImprovHash.of(token) % 90) / 1_000
        return [
            "token": .string(text), "logprob": .number(-0.01 - fraction - 2.5 * Double(rank)),
            "bytes": .array(text.utf8.map { .integer(Int64($0)) }),
        ]
    }
}
