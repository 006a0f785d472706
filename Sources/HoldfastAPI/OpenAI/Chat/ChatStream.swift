import HoldfastCore
import HoldfastModels

/// Answers that a model is giving piece by piece.
///
/// `@unchecked Sendable`: whoever opened it has returned when the next reader begins.
final class ChatStream: @unchecked Sendable {
    enum Step: Sendable {
        case piece(ModelPiece, choice: Int)
        case answer(ModelAnswer, choice: Int)
    }

    /// What was read to see that the model answers.
    let first: Step?
    private var iterator: AsyncThrowingStream<Step, any Error>.Iterator

    /// Calls a model; returns with its first piece, so that a call that fails before can go to another one.
    static func open(_ target: ModelTarget, _ translated: ChatTranslation) async throws -> ChatStream {
        let (steps, continuation) = AsyncThrowingStream.makeStream(of: Step.self)
        let call = Task {
            do {
                try await withThrowingTaskGroup { group in
                    for choice in 0..<translated.choices {
                        group.addTask {
                            let answer = try await target.call(translated.request) { piece in
                                continuation.yield(.piece(piece, choice: choice))
                            }
                            continuation.yield(.answer(answer.withWholeText, choice: choice))
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
