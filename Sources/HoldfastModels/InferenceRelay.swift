public import HoldfastCore
public import NIOCore

/// A provider that speaks OpenAI's stateless dialects itself, so that a request can pass through it as it is.
public protocol InferenceRelay: ModelProvider {
    /// What may pass through.
    var operations: Set<InferenceOperation> { get }

    /// Sends a request on, and returns as soon as the head and the first byte of the answer are there. Cancelling the task ends the
    /// exchange.
    /// - Parameter body: a request of the operation with the upstream's own name of the model.
    /// - Throws: `ModelError` when no answer came in time, or none that is the client's to see.
    func relay(_ operation: InferenceOperation, _ body: ByteBuffer) async throws(ModelError) -> RelayedAnswer
}

/// A stateless operation of OpenAI's API; the value is its path below the base URL.
public enum InferenceOperation: String, Sendable {
    case chatCompletions = "/chat/completions"
    case embeddings = "/embeddings"
    case responses = "/responses"
}

/// An upstream's answer to a request that passed through.
public struct RelayedAnswer: Sendable {
    /// The body.
    public enum Body: Sendable {
        /// A small one, which is there already.
        case whole(ByteBuffer)
        /// A body that still comes. The function reads it to its end, and is to be called once. It throws what `take`
        /// throws, or `ModelError` when the upstream breaks off or falls silent.
        case stream(
            _ read: @Sendable (_ take: @escaping @Sendable (ByteBuffer) async throws -> Void) async throws -> Void)
    }

    /// The HTTP status.
    public var status: Int
    public var contentType: String
    /// Seconds after which the upstream wants to be asked again.
    public var retryAfter: Int?
    public var body: Body
}
