public import HoldfastCore
import Synchronization

/// A model whose answers a test writes.
public final class FakeModel: ModelProvider {
    /// Answers the `number`-th call that the model got (from 1).
    public typealias Body =
        @Sendable (
            _ request: ModelRequest, _ number: Int, _ emit: @escaping @Sendable (ModelPiece) -> Void
        ) async throws(ModelError) -> ModelAnswer

    private let body: Body
    private let seen = Mutex<[ModelRequest]>([])

    public init(_ body: @escaping Body) {
        self.body = body
    }

    /// A model that gives these answers one after the other, and then repeats the last one.
    public convenience init(answers: [ModelAnswer]) {
        self.init { _, number, _ in answers[min(number, answers.count) - 1] }
    }

    /// All requests so far.
    public var requests: [ModelRequest] { seen.withLock { $0 } }

    public func call(
        _ request: ModelRequest, emit: @escaping @Sendable (ModelPiece) -> Void
    ) async throws(ModelError) -> ModelAnswer {
        let number = seen.withLock { seen in
            seen.append(request)
            return seen.count
        }
        return try await body(request, number, emit)
    }
}

extension ModelAnswer {
    /// An answer that asks for tools.
    public static func calling(_ names: String..., text: String = "") -> ModelAnswer {
        ModelAnswer(text: text, calls: names.map { Call(name: $0, arguments: "{}") })
    }
}

extension ModelRequest {
    /// The texts of all user messages, in order.
    public var userTexts: [String] {
        context.compactMap { entry in
            guard case .user(let parts) = entry else { return nil }
            return parts.plainText
        }
    }
}

extension [ContentPart] {
    /// The text of all text parts.
    public var plainText: String {
        compactMap { part in
            if case .text(let text) = part { text } else { nil }
        }.joined()
    }
}
