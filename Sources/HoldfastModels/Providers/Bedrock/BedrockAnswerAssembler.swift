import HoldfastCore

/// Puts an answer together from the events of ConverseStream, and emits its pieces.
///
/// Unknown events and blocks are skipped.
struct BedrockAnswerAssembler {
    private struct Call {
        var index: Int64
        var name: String
        var arguments = ""
    }

    /// A block to send back.
    private struct Thought {
        var index: Int64
        var text = ""
        var signature = ""
        /// Base64, in place of the text.
        var redacted = ""

        var block: JSON {
            guard redacted.isEmpty else { return ["reasoningContent": ["redactedContent": .string(redacted)]] }
            return ["reasoningContent": ["reasoningText": ["text": .string(text), "signature": .string(signature)]]]
        }
    }

    private let tools: ToolSelection
    private var budget: AnswerBudget
    private var reasoning = ""
    private var text = ""
    private var calls: [Call] = []
    private var thoughts: [Thought] = []
    private var usage: TokenUsage?
    private var stopReason: String?

    /// The usage was there, which comes last.
    private(set) var isDone = false
    var isComplete: Bool { stopReason != nil }

    init(limits: Limits, tools: ToolSelection) {
        self.tools = tools
        budget = AnswerBudget(limits: limits)
    }

    mutating func take(event: String, _ json: JSON, emit: (ModelPiece) -> Void) throws(ModelError) {
        guard !isDone else { return }
        let index = json["contentBlockIndex"]?.integer ?? 0
        switch event {
        case "contentBlockStart":
            guard let name = json["start"]?["toolUse"]?["name"]?.string else { return }
            try budget.takeCall()
            calls.append(Call(index: index, name: name))
        case "contentBlockDelta":
            if let delta = json["delta"] { try take(delta, at: index, emit: emit) }
        case "messageStop": stopReason = json["stopReason"]?.string ?? "end_turn"
        case "metadata":
            usage = TokenUsage(bedrock: json["usage"])
            isDone = isComplete
        default: break
        }
    }

    private mutating func take(_ delta: JSON, at index: Int64, emit: (ModelPiece) -> Void) throws(ModelError) {
        if let piece = delta["text"]?.string, !piece.isEmpty {
            try budget.take(piece)
            text += piece
            emit(.text(piece))
        }
        if let piece = delta["toolUse"]?["input"]?.string {
            try budget.take(piece)
            if let place = calls.lastIndex(where: { $0.index == index }) { calls[place].arguments += piece }
        }
        if let thought = delta["reasoningContent"] { try think(thought, at: index, emit: emit) }
    }

    private mutating func think(_ thought: JSON, at index: Int64, emit: (ModelPiece) -> Void) throws(ModelError) {
        if thoughts.last?.index != index { thoughts.append(Thought(index: index)) }
        let place = thoughts.count - 1
        if let signature = thought["signature"]?.string {
            try budget.take(signature)
            thoughts[place].signature += signature
        }
        if let redacted = thought["redactedContent"]?.string {
            try budget.take(redacted)
            thoughts[place].redacted += redacted
        }
        guard let piece = thought["text"]?.string, !piece.isEmpty else { return }
        try budget.take(piece)
        thoughts[place].text += piece
        // Reasoning that comes after text is only sent back: its item is closed by then.
        guard text.isEmpty else { return }
        reasoning += piece
        emit(.reasoning(piece))
    }

    /// The whole answer, once the stream has ended.
    func answer(from host: String) -> Result<(ModelAnswer, TokenUsage?), ModelError> {
        guard let stopReason else { return .failure(.cutOff(host)) }
        guard !stopReason.hasPrefix("malformed_") else {
            return .failure(ModelError(.server, "the model's output was unusable (\(stopReason))", isRetryable: true))
        }
        guard calls.allSatisfy({ !$0.name.isEmpty }) else { return .failure(.namelessCall(host)) }
        let answer = ModelAnswer(
            reasoning: reasoning, replay: replay, text: text,
            calls: calls.map { tools.call(name: $0.name, arguments: $0.arguments) }, usage: usage ?? TokenUsage(),
            isTruncated: stopReason == "max_tokens" || stopReason == "model_context_window_exceeded",
            isFiltered: stopReason == "guardrail_intervened" || stopReason == "content_filtered")
        return .success((answer, usage))
    }

    /// A thought without a signature cannot be sent back.
    private var replay: JSONObject? {
        let blocks = thoughts.filter { !$0.signature.isEmpty || !$0.redacted.isEmpty }.map(\.block)
        return blocks.isEmpty ? nil : ["bedrock": ["blocks": .array(blocks)]]
    }
}

extension TokenUsage {
    /// The `usage` of Converse, whose input tokens have no cached ones in them.
    fileprivate init?(bedrock json: JSON?) {
        func tokens(_ name: String) -> Int { Int(min(max(0, json?[name]?.integer ?? 0), 1_000_000_000)) }
        guard json?.object != nil else { return nil }
        let (read, written) = (tokens("cacheReadInputTokens"), tokens("cacheWriteInputTokens"))
        self.init(
            input: tokens("inputTokens") + read + written, cached: read, cacheWrite: written,
            output: tokens("outputTokens"))
    }
}
