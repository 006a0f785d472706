import HoldfastCore

/// Writes the chunks of one completion.
struct ChatChunks {
    private struct Choice {
        var hasBegun = false
        var text = ""
        var reasoning = ""
    }

    let head: ChatHead
    let includesUsage: Bool
    private var choices: [Choice]

    init(_ translation: ChatTranslation) {
        head = translation.head
        choices = Array(repeating: Choice(), count: translation.choices)
        includesUsage = translation.includesUsage
    }

    /// A piece as it comes from the model.
    mutating func piece(_ piece: ModelPiece, of choice: Int) -> [UInt8] {
        switch piece {
        case .text(let piece):
            choices[choice].text += piece
            return begin(choice) + delta(choice) { $0.member("content", piece) }
        case .reasoning(let piece):
            choices[choice].reasoning += piece
            return begin(choice) + delta(choice) { $0.member("reasoning_content", piece) }
        // Chat Completions has no such items.
        case .item: return begin(choice)
        }
    }

    /// What of an answer was not streamed yet, and its end.
    mutating func end(_ answer: ModelAnswer, of choice: Int) -> [UInt8] {
        var bytes = begin(choice)
        let reasoning = answer.reasoning.remainder(after: choices[choice].reasoning)
        if !reasoning.isEmpty { bytes += delta(choice) { $0.member("reasoning_content", reasoning) } }
        let text = answer.text.remainder(after: choices[choice].text)
        if !text.isEmpty { bytes += delta(choice) { $0.member("content", text) } }
        if !answer.refusal.isEmpty { bytes += delta(choice) { $0.member("refusal", answer.refusal) } }
        if !answer.annotations.isEmpty {
            bytes += delta(choice) { $0.member("annotations", answer.chatAnnotations) }
        }
        let ids = ChatCallIDs(head, choice: choice)
        for (index, call) in answer.calls.enumerated() {
            for id in [ids[index], nil] {
                bytes += delta(choice) { $0.member("tool_calls", [ChatCallPiece(index: index, id: id, call: call)]) }
            }
        }
        if !answer.logprobs.isEmpty { bytes += chunk(choice, finish: nil, logprobs: ChatLogprobs(answer)) { _ in } }
        return bytes + chunk(choice, finish: answer.finishReason) { _ in }
    }

    /// The end of the completion.
    func end(_ answers: [ModelAnswer]) -> [UInt8] {
        var bytes: [UInt8] = []
        if includesUsage {
            bytes += event { writer in
                head.write(object: "chat.completion.chunk", to: &writer)
                writer.array("choices") { _ in }
                writer.member("usage", ChatUsage(answers))
            }
        }
        return bytes + Array("data: [DONE]\n\n".utf8)
    }

    /// A failure after the first chunk: the status was sent, so it stands in the stream.
    static func failure(_ error: APIError) -> [UInt8] { Array("data: ".utf8) + error.body + Array("\n\n".utf8) }

    private mutating func begin(_ choice: Int) -> [UInt8] {
        guard !choices[choice].hasBegun else { return [] }
        choices[choice].hasBegun = true
        return delta(choice) { writer in
            writer.member("role", "assistant")
            writer.member("content", "")
        }
    }

    private func delta(_ choice: Int, _ body: (inout JSONWriter) -> Void) -> [UInt8] {
        chunk(choice, finish: nil, body)
    }

    private func chunk(
        _ choice: Int, finish: String?, logprobs: ChatLogprobs? = nil, _ body: (inout JSONWriter) -> Void
    ) -> [UInt8] {
        event { writer in
            head.write(object: "chat.completion.chunk", to: &writer)
            writer.array("choices") { writer in
                writer.object { writer in
                    writer.member("index", choice)
                    writer.object("delta", body)
                    writer.member("logprobs", logprobs)
                    writer.member("finish_reason", finish)
                }
            }
            if includesUsage { writer.member("usage", JSON.null) }
        }
    }

    private func event(_ body: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter()
        writer.object(body)
        return Array("data: ".utf8) + writer.bytes + Array("\n\n".utf8)
    }
}
