import HoldfastCore

/// Puts an answer together from the events of a Messages stream, and emits its pieces.
///
/// Unknown events and blocks are skipped, as the API asks of its clients.
struct AnthropicAnswerAssembler {
    private struct Call {
        var index: Int64
        var name: String
        var arguments: String
    }

    /// A block to send back.
    private struct Thought {
        var index: Int64
        var isRedacted = false
        var text = ""
        /// The signature, or what stands in place of the text.
        var seal = ""

        var block: JSON {
            isRedacted
                ? ["type": "redacted_thinking", "data": .string(seal)]
                : ["type": "thinking", "thinking": .string(text), "signature": .string(seal)]
        }
    }

    private let tools: ToolSelection
    private var budget: AnswerBudget
    private var reasoning = ""
    private var text = ""
    private var calls: [Call] = []
    private var thoughts: [Thought] = []
    private var usage = AnthropicUsage()
    private var stopReason: String?
    private var explanation = ""

    /// The provider said that nothing follows.
    private(set) var isDone = false
    var isComplete: Bool { stopReason != nil }

    init(limits: Limits, tools: ToolSelection) {
        self.tools = tools
        budget = AnswerBudget(limits: limits)
    }

    mutating func take(_ event: JSON, emit: (ModelPiece) -> Void) throws(ModelError) {
        guard !isDone else { return }
        switch event["type"]?.string {
        case "error": throw AnthropicFailure.inStream(event)
        case "message_start": usage.take(event["message"]?["usage"])
        case "content_block_start":
            if let block = event["content_block"]?.object { try start(block, at: index(of: event), emit: emit) }
        case "content_block_delta":
            if let delta = event["delta"] { try take(delta, at: index(of: event), emit: emit) }
        case "message_delta":
            usage.take(event["usage"])
            if let reason = event["delta"]?["stop_reason"]?.string { stopReason = reason }
            explanation = event["delta"]?["stop_details"]?["explanation"]?.string ?? explanation
        case "message_stop": isDone = true
        default: break
        }
    }

    private func index(of event: JSON) -> Int64 { event["index"]?.integer ?? 0 }

    private mutating func start(
        _ block: JSONObject, at index: Int64, emit: (ModelPiece) -> Void
    ) throws(ModelError) {
        switch block["type"]?.string {
        case "text": try say(block["text"]?.string ?? "", emit: emit)
        case "thinking":
            thoughts.append(Thought(index: index))
            try think(block["thinking"]?.string ?? "", at: index, emit: emit)
            try seal(block["signature"]?.string ?? "", at: index)
        case "redacted_thinking":
            thoughts.append(Thought(index: index, isRedacted: true))
            try seal(block["data"]?.string ?? "", at: index)
        case "tool_use":
            try budget.takeCall()
            let input = block["input"]?.object ?? [:]
            let arguments = input.isEmpty ? "" : JSONWriter.text(input)
            try budget.take(arguments)
            calls.append(Call(index: index, name: block["name"]?.string ?? "", arguments: arguments))
        default: break
        }
    }

    private mutating func take(_ delta: JSON, at index: Int64, emit: (ModelPiece) -> Void) throws(ModelError) {
        switch delta["type"]?.string {
        case "text_delta": try say(delta["text"]?.string ?? "", emit: emit)
        case "thinking_delta": try think(delta["thinking"]?.string ?? "", at: index, emit: emit)
        case "signature_delta": try seal(delta["signature"]?.string ?? "", at: index)
        case "input_json_delta":
            let piece = delta["partial_json"]?.string ?? ""
            try budget.take(piece)
            if let place = calls.lastIndex(where: { $0.index == index }) { calls[place].arguments += piece }
        default: break
        }
    }

    private mutating func say(_ piece: String, emit: (ModelPiece) -> Void) throws(ModelError) {
        guard !piece.isEmpty else { return }
        try budget.take(piece)
        text += piece
        emit(.text(piece))
    }

    private mutating func think(_ piece: String, at index: Int64, emit: (ModelPiece) -> Void) throws(ModelError) {
        guard !piece.isEmpty else { return }
        try budget.take(piece)
        if let place = thoughts.lastIndex(where: { $0.index == index }) { thoughts[place].text += piece }
        // Reasoning that comes after text is only sent back: its item is closed by then.
        guard text.isEmpty else { return }
        reasoning += piece
        emit(.reasoning(piece))
    }

    private mutating func seal(_ piece: String, at index: Int64) throws(ModelError) {
        try budget.take(piece)
        if let place = thoughts.lastIndex(where: { $0.index == index }) { thoughts[place].seal += piece }
    }

    /// The whole answer, once the stream has ended.
    func answer(from host: String) -> Result<(ModelAnswer, TokenUsage?), ModelError> {
        guard let stopReason else { return .failure(.cutOff(host)) }
        guard stopReason != "pause_turn" else {
            let reason = "paused the turn for a tool of its own (pause_turn), and none was offered"
            return .failure(ModelError(.server, "\(host) \(reason)", isRetryable: false))
        }
        guard calls.allSatisfy({ !$0.name.isEmpty }) else { return .failure(.namelessCall(host)) }
        let isRefused = stopReason == "refusal"
        let answer = ModelAnswer(
            reasoning: reasoning, replay: replay, text: text,
            refusal: isRefused && text.isEmpty ? explanation : "",
            calls: calls.map { tools.call(name: $0.name, arguments: $0.arguments) },
            usage: usage.tokens ?? TokenUsage(),
            isTruncated: stopReason == "max_tokens" || stopReason == "model_context_window_exceeded",
            isFiltered: isRefused)
        return .success((answer, usage.tokens))
    }

    /// A thought without a signature cannot be sent back.
    private var replay: JSONObject? {
        let blocks = thoughts.filter { !$0.seal.isEmpty }.map(\.block)
        return blocks.isEmpty ? nil : ["anthropic": ["blocks": .array(blocks)]]
    }
}
