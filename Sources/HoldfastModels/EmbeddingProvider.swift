public import HoldfastCore

/// A provider that makes embeddings without passing a request through.
public protocol EmbeddingProvider: ModelProvider {
    /// Makes one vector for each input, in their order.
    /// - Throws: `ModelError`, also for what this provider cannot do.
    func embed(_ request: EmbeddingRequest) async throws(ModelError) -> EmbeddingAnswer
}

/// What embeddings are wanted for, in no provider's dialect.
public struct EmbeddingRequest: Sendable, Equatable {
    /// A text, whole or as the numbers of its tokens.
    public enum Input: Sendable, Equatable {
        case text(String)
        case tokens([Int])
    }

    public var model: String
    public var inputs: [Input]
    /// The length of the vectors; `nil` leaves it to the provider.
    public var dimensions: Int?

    public init(model: String, inputs: [Input], dimensions: Int? = nil) {
        self.model = model
        self.inputs = inputs
        self.dimensions = dimensions
    }
}

/// Embeddings, in the order of the inputs.
public struct EmbeddingAnswer: Sendable, Equatable {
    public var vectors: [[Float]]
    /// The tokens of all inputs.
    public var inputTokens: Int

    public init(vectors: [[Float]], inputTokens: Int) {
        self.vectors = vectors
        self.inputTokens = inputTokens
    }
}
