public import HoldfastCore

/// A model that obeys the last user message of its context: an honest stand-in to test agents without a model.
///
/// `docs/guides/scripted-model.md` describes its language. It needs no network and no key, streams one piece for each
/// word, and costs 0.1 US cent for each output token.
public struct ScriptedProvider: ModelProvider, PricedProvider {
    /// 0.1 US cent for an output token, input is free.
    public static let price = ModelPrice(input: 0, cachedInput: 0, output: 1_000_000_000)

    private let fallback: ScriptedLanguage.Script?

    /// - Parameter script: the text of a script file. It stands for the last user message's text wherever that message
    ///   is not itself a script; a text that is no script has no effect (see `isScript(_:)`).
    public init(script: String? = nil) {
        fallback = script.flatMap { ScriptedLanguage.Script($0) }
    }

    /// Whether a text is a script, so that a configuration reader can refuse a file that is none.
    public static func isScript(_ text: String) -> Bool { ScriptedLanguage.Script(text) != nil }

    public var hasPrice: Bool { true }

    public func call(
        _ request: ModelRequest, emit: @escaping @Sendable (ModelPiece) -> Void
    ) async throws(ModelError) -> ModelAnswer {
        if request.options.topLogprobs != nil {
            throw ModelError(.invalidRequest, "the scripted model has no 'logprobs'", isRetryable: false)
        }
        let context = request.scriptedContext
        let step = ScriptedLanguage.respond(to: context, offered: request.offeredNames, fallback: fallback)
        if step.wait > 0 { try await pause(step.wait) }
        if let status = step.failure {
            throw ModelError(status: status, message: "the script asks for a failure with status \(status)")
        }
        var answer = step.answer
        for index in answer.calls.indices { answer.calls[index].isCustom = request.isCustom(answer.calls[index].name) }
        answer.cut(to: request.options)
        let text = pieces(answer.text, slow: step.slow)
        // Reasoning comes before the text, so it must not stay behind in the answer when the text is streamed.
        let reasoning =
            text.isEmpty ? pieces(answer.reasoning, slow: step.slow) : ScriptedLanguage.tokens(answer.reasoning)
        for token in reasoning {
            emit(.reasoning(token))
            try await pause(step.slow)
        }
        for token in text {
            emit(.text(token))
            try await pause(step.slow)
        }
        answer.usage = ScriptedLanguage.usage(of: answer, context: context)
        answer.cost = Self.price.cost(of: answer.usage)
        return answer
    }

    /// One piece for each token. A single token that nothing delays is not worth a piece: the answer carries it.
    private func pieces(_ text: String, slow: Int) -> [String] {
        let tokens = ScriptedLanguage.tokens(text)
        return tokens.count > 1 || slow > 0 ? tokens : []
    }

    /// Sleeps, or, for 0, lets others run.
    private func pause(_ milliseconds: Int) async throws(ModelError) {
        if milliseconds == 0 {
            await Task.yield()
        } else {
            try? await Task.sleep(for: .milliseconds(milliseconds))
        }
        if Task.isCancelled { throw ModelError(.connection, "cancelled", isRetryable: false) }
    }
}

extension ModelRequest {
    /// The names of the tools that may be called.
    fileprivate var offeredNames: [String] {
        switch options.toolChoice {
        case .none: []
        case .allowed(let names, _): tools.map(\.name).filter(names.contains)
        case .auto, .required, .tool: tools.map(\.name)
        }
    }

    fileprivate func isCustom(_ name: String) -> Bool {
        if case .custom? = tools.first(where: { $0.name == name })?.kind { true } else { false }
    }

    /// The context in the words of the scripted language; the instructions come first.
    var scriptedContext: [ScriptedLanguage.Entry] {
        var entries: [ScriptedLanguage.Entry] = []
        entries.reserveCapacity(context.count + 1)
        if let instructions { entries.append(.system(instructions)) }
        for entry in context {
            switch entry {
            case .system(let text): entries.append(.system(text))
            case .reasoning, .other: break
            case .user(let parts): entries.append(.user(parts.joinedText))
            case .assistant(let text): entries.append(.assistant(text))
            case .call(_, let name, let arguments): entries.append(.call(name: name, arguments: arguments))
            case .customCall(_, let name, let input): entries.append(.call(name: name, arguments: input))
            case .result(_, let output): entries.append(.result(output.joinedText))
            }
        }
        return entries
    }
}
