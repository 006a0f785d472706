import HTTPTypes
import HoldfastCore
import HoldfastModels
import HoldfastStore
import Hummingbird
import NIOCore

/// The way of one stateless request along its route, for as long as the client is there.
struct InferencePassage: Sendable {
    let limits: Limits
    let operation: InferenceOperation
    let envelope: InferenceEnvelope
    /// The request for targets that do not take it as it is.
    let translated: Translation?
    /// Keeps the answers before their end is shown; then no target takes the request as it is.
    var keep: (@Sendable ([ModelAnswer]) async throws -> Void)?
    let book: InferenceBook
    let context: APIContext

    /// A request in no dialect.
    enum Translation: Sendable {
        case chat(ChatTranslation)
        case embeddings(EmbeddingTranslation)
    }

    /// A target's answer.
    enum Answer: Sendable {
        case relayed(RelayedAnswer)
        case whole([ModelAnswer], ChatTranslation)
        case vectors(EmbeddingAnswer, EmbeddingTranslation)
        case streamed(ChatStream, ChatTranslation)
    }

    /// An answer, and the way to it.
    struct Found: Sendable {
        var walk: RouteWalk
        var answer: RouteWalk.Answer<Answer>
    }

    /// Asks the targets and passes the answer on as it comes.
    func response(_ route: RoutedModel) async throws -> Response {
        let outcome = try await RequestGuard.whileConnected(context.channel) {
            var walk = RouteWalk(route)
            return await next(&walk).map { Found(walk: walk, answer: $0) }
                .mapError { Refusal(failure: $0, walk: walk, isCancelled: Task.isCancelled) }
        }
        switch outcome {
        case .success(let found):
            if let keep, case .whole(let answers, _) = found.answer.value { try await keep(answers) }
            var response = response(found)
            response.headers.tell(found.walk)
            return response
        case .failure(let refusal):
            book.begin(refusal.walk, nil)
            var error = APIError(refusal.failure.error)
            error.headers.tell(refusal.walk)
            if refusal.isCancelled { book.close(.cancelled) } else { book.close(.failed, status: error.status.code) }
            throw error
        }
    }

    private struct Refusal: Error {
        var failure: RouteWalk.Failure
        var walk: RouteWalk
        var isCancelled: Bool
    }

    /// The next answer along the route.
    func next(_ walk: inout RouteWalk) async -> Result<RouteWalk.Answer<Answer>, RouteWalk.Failure> {
        do throws(RouteWalk.Failure) {
            return .success(
                try await walk.run({ await ask($0) }) { answer, wait in
                    guard case .relayed(var relayed) = answer else { return }
                    relayed.retryAfter = RetryAfter.wholeSeconds(wait)
                    answer = .relayed(relayed)
                })
        } catch {
            return .failure(error)
        }
    }

    private func ask(_ target: ModelTarget) async -> RouteWalk.Outcome<Answer> {
        do {
            if let relay = target.relay(for: operation), keep == nil {
                let body = envelope.body(model: target.model, asksForUsage: operation == .chatCompletions)
                let answer = try await relay.relay(operation, ByteBuffer(bytes: body))
                if envelope.isStreamed, answer.status < 300, answer.contentType.hasPrefix("application/json") {
                    return .failed(Self.unstreamed(target))
                }
                let wait = answer.retryAfter.map { Milliseconds($0) * 1_000 }
                guard let failure = TargetFailure(status: answer.status, retryAfter: wait) else {
                    return .answered(.relayed(answer))
                }
                return .refused(.relayed(answer), failure)
            }
            switch translated {
            case .chat(let chat) where envelope.isStreamed:
                return .answered(.streamed(try await ChatStream.open(target, chat), chat))
            case .chat(let chat): return .answered(.whole(try await chat.answers(from: target), chat))
            case .embeddings(let wanted):
                guard let provider = target.provider as? any EmbeddingProvider else { break }
                var request = wanted.request
                request.model = target.model
                return .answered(.vectors(try await provider.embed(request), wanted))
            case nil: break
            }
            return .failed(Self.unable(target))
        } catch {
            return .failed(error as? ModelError ?? ModelError(.connection, "cancelled", isRetryable: false))
        }
    }

    private static func unstreamed(_ target: ModelTarget) -> ModelError {
        ModelError(.server, "\(target.name) answered JSON in place of a stream", isRetryable: true)
    }

    private static func unable(_ target: ModelTarget) -> ModelError {
        ModelError(.invalidRequest, "\(target.name) cannot serve this request", isRetryable: false)
    }
}

extension HTTPFields {
    private static let target = HTTPField.Name("x-holdfast-target")!
    private static let attempts = HTTPField.Name("x-holdfast-attempts")!

    /// Tells who was asked last, and how many were.
    fileprivate mutating func tell(_ walk: RouteWalk) {
        if let target = walk.target { self[Self.target] = target.name }
        self[Self.attempts] = String(walk.attempts)
    }
}
