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
    /// How many answers there are, each of them a model call of its own.
    let choices: Int

    private enum Step: Sendable {
        case piece(ModelPiece, choice: Int)
        case answer(ModelAnswer, choice: Int)
    }

    /// Calls the model; the response begins with its first piece, so that a call that fails before has its status.
    func response(
        _ provider: any ModelProvider, _ request: ModelRequest, _ context: APIContext
    ) async throws -> Response {
        let (steps, continuation) = AsyncThrowingStream.makeStream(of: Step.self)
        let call = Task {
            do {
                try await withThrowingTaskGroup { group in
                    for choice in 0..<choices {
                        group.addTask {
                            let answer = try await provider.call(request) { piece in
                                continuation.yield(.piece(piece, choice: choice))
                            }
                            continuation.yield(.answer(answer, choice: choice))
                        }
                    }
                    try await group.waitForAll()
                }
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
            var chunks = ChatChunks(head: head, choices: choices, includesUsage: includesUsage)
            var answers: [ModelAnswer] = []
            var step = first
            do {
                while let current = step {
                    switch current {
                    case .piece(let piece, let choice):
                        try await writer.write(ByteBuffer(bytes: chunks.piece(piece, of: choice)))
                    case .answer(let answer, let choice):
                        answers.append(answer)
                        let isLast = answers.count == choices
                        let end = chunks.end(answer, of: choice) + (isLast ? chunks.end(answers) : [])
                        try await writer.write(ByteBuffer(bytes: end))
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
