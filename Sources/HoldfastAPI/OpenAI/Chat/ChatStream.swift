import HoldfastCore
import HoldfastModels

/// An answer that a model is giving piece by piece.
///
/// `@unchecked Sendable`: whoever opened it has returned when the next reader begins.
final class ChatStream: @unchecked Sendable {
    enum Step: Sendable {
        case piece(ModelPiece)
        case answer(ModelAnswer)
    }

    /// What was read to see that the model answers.
    let first: Step?
    private var iterator: AsyncThrowingStream<Step, any Error>.Iterator

    /// Calls a model; returns with its first piece, so that a call that fails before can go to another one.
    static func open(_ target: ModelTarget, _ request: ModelRequest) async throws -> ChatStream {
        let (steps, continuation) = AsyncThrowingStream.makeStream(of: Step.self)
        let call = Task {
            do throws(ModelError) {
                let answer = try await target.call(request) { continuation.yield(.piece($0)) }
                continuation.yield(.answer(answer))
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
            }
        }
        continuation.onTermination = { _ in call.cancel() }
        var iterator = steps.makeAsyncIterator()
        let first = try await iterator.next()
        try Task.checkCancellation()
        return ChatStream(first: first, iterator)
    }

    private init(first: Step?, _ iterator: AsyncThrowingStream<Step, any Error>.Iterator) {
        self.first = first
        self.iterator = iterator
    }

    /// The next step; `nil` at the end.
    func next() async throws -> Step? { try await iterator.next() }
}

/// Writes the chunks of one answer (`ChatCompletionChunk` of the `openai` package), ended by `data: [DONE]`.
struct ChatChunks {
    let head: ChatHead
    let includesUsage: Bool
    private var hasBegun = false
    private var text = ""
    private var reasoning = ""

    init(_ translation: ChatTranslation) {
        head = translation.head
        includesUsage = translation.includesUsage
    }

    /// A piece as it comes from the model.
    mutating func piece(_ piece: ModelPiece) -> [UInt8] {
        switch piece {
        case .text(let piece):
            text += piece
            return begin() + delta { $0.member("content", piece) }
        case .reasoning(let piece):
            reasoning += piece
            return begin() + delta { $0.member("reasoning_content", piece) }
        }
    }

    /// What of the answer was not streamed yet, and its end.
    mutating func end(_ answer: ModelAnswer) -> [UInt8] {
        var bytes = begin()
        let moreReasoning = answer.reasoning.remainder(after: reasoning)
        if !moreReasoning.isEmpty { bytes += delta { $0.member("reasoning_content", moreReasoning) } }
        let moreText = answer.text.remainder(after: text)
        if !moreText.isEmpty { bytes += delta { $0.member("content", moreText) } }
        let ids = ChatCallIDs(head)
        for (index, call) in answer.calls.enumerated() {
            bytes += delta { $0.member("tool_calls", [ChatCall(index: index, id: ids[index], call: call)]) }
        }
        bytes += chunk(finish: answer.finishReason) { _ in }
        if includesUsage {
            bytes += event { writer in
                head.write(object: "chat.completion.chunk", to: &writer)
                writer.array("choices") { _ in }
                writer.member("usage", ChatUsage(usage: answer.usage))
            }
        }
        return bytes + Array("data: [DONE]\n\n".utf8)
    }

    /// A failure after the first chunk: the status was sent, so it stands in the stream.
    static func failure(_ error: APIError) -> [UInt8] { Array("data: ".utf8) + error.body + Array("\n\n".utf8) }

    private mutating func begin() -> [UInt8] {
        guard !hasBegun else { return [] }
        hasBegun = true
        return delta { writer in
            writer.member("role", "assistant")
            writer.member("content", "")
        }
    }

    private func delta(_ body: (inout JSONWriter) -> Void) -> [UInt8] { chunk(finish: nil, body) }

    private func chunk(finish: String?, _ body: (inout JSONWriter) -> Void) -> [UInt8] {
        event { writer in
            head.write(object: "chat.completion.chunk", to: &writer)
            writer.array("choices") { writer in
                writer.object { writer in
                    writer.member("index", 0)
                    writer.object("delta", body)
                    writer.member("logprobs", JSON.null)
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
