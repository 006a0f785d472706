public import HoldfastCore
public import NIOCore

/// A provider that speaks OpenAI's stateless dialects itself, so that a request can pass through it as it is.
public protocol InferenceRelay: ModelProvider {
    /// Sends a request on, and returns as soon as the head of the answer is there. Cancelling the task ends the
    /// exchange.
    /// - Parameter body: a request of the operation with the upstream's own name of the model.
    /// - Throws: `ModelError` when no answer came in time, or none that is the client's to see.
    func relay(_ operation: InferenceOperation, _ body: ByteBuffer) async throws(ModelError) -> RelayedAnswer
}

/// A stateless operation of OpenAI's API; the value is its path below the base URL.
public enum InferenceOperation: String, Sendable {
    case chatCompletions = "/chat/completions"
    case embeddings = "/embeddings"
}

/// An upstream's answer to a request that passed through: its head, and its body as it comes.
public struct RelayedAnswer: Sendable {
    /// The HTTP status.
    public var status: Int
    public var contentType: String
    /// Seconds after which the upstream wants to be asked again.
    public var retryAfter: Int?
    private let read: @Sendable (_ take: @escaping @Sendable (ByteBuffer) async throws -> Void) async throws -> Void

    init(
        status: Int, contentType: String, retryAfter: Int? = nil,
        read: @escaping @Sendable (_ take: @escaping @Sendable (ByteBuffer) async throws -> Void) async throws -> Void
    ) {
        self.status = status
        self.contentType = contentType
        self.retryAfter = retryAfter
        self.read = read
    }

    /// Reads the body to its end. To be called once.
    /// - Throws: what `take` throws, or `ModelError` when the upstream breaks off or falls silent.
    public func forEachChunk(_ take: @escaping @Sendable (ByteBuffer) async throws -> Void) async throws {
        try await read(take)
    }
}
