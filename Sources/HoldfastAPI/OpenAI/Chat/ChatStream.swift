import HTTPTypes
import HoldfastCore
import HoldfastModels
import Hummingbird
import NIOCore

/// An answer as server-sent chunks (`ChatCompletionChunk` of the `openai` package), ended by `data: [DONE]`.
struct ChatStream: Sendable {
    let head: ChatHead
    /// Whether the client asked for the usage, which then comes in a chunk of its own.
    let includesUsage: Bool

    private enum Step: Sendable {
        case piece(ModelPiece)
        case answer(ModelAnswer)
    }

    /// Calls the model; the response begins with its first piece, so that a call that fails before has its status.
    func response(
        _ provider: any ModelProvider, _ request: ModelRequest, _ context: APIContext
    ) async throws -> Response {
        let (steps, continuation) = AsyncThrowingStream.makeStream(of: Step.self)
        let call = Task {
            do throws(ModelError) {
                let answer = try await provider.call(request) { continuation.yield(.piece($0)) }
                continuation.yield(.answer(answer.withWholeText))
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
            }
        }
        continuation.onTermination = { _ in call.cancel() }
        RequestGuard.onLeave(of: context.channel) { call.cancel() }
        let reader = Reader(steps)
        let first: Step?
        do {
            first = try await reader.next()
        } catch let error as ModelError {
            throw APIError(error)
        }
        let body = ResponseBody { writer in
            var chunks = ChatChunks(head: head, includesUsage: includesUsage)
            var step = first
            do {
                while let current = step {
                    switch current {
                    case .piece(let piece):
                        let bytes = chunks.piece(piece)
                        if !bytes.isEmpty { try await writer.write(ByteBuffer(bytes: bytes)) }
                    case .answer(let answer): try await writer.write(ByteBuffer(bytes: chunks.end(answer)))
                    }
                    step = try await reader.next()
                }
            } catch let error as ModelError {
                try await writer.write(ByteBuffer(bytes: ChatChunks.failure(APIError(error))))
            }
            try await writer.finish(nil)
        }
        return Response(
            status: .ok, headers: [.contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-cache"],
            body: body)
    }

    /// The steps, for the handler and then for the body.
    ///
    /// `@unchecked Sendable`: the handler has returned when the body begins to read.
    private final class Reader: @unchecked Sendable {
        private var iterator: AsyncThrowingStream<Step, any Error>.Iterator

        init(_ steps: AsyncThrowingStream<Step, any Error>) { iterator = steps.makeAsyncIterator() }

        func next() async throws -> Step? { try await iterator.next() }
    }
}

/// Writes the chunks of one answer.
struct ChatChunks {
    let head: ChatHead
    let includesUsage: Bool
    private var hasBegun = false
    private var text = ""
    private var reasoning = ""

    init(head: ChatHead, includesUsage: Bool) {
        self.head = head
        self.includesUsage = includesUsage
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
        // Chat Completions has no such items.
        case .item: return begin()
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
