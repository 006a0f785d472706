/// How a model call went, for the books. It is no part of the journal.
public struct ModelCallReport: Sendable, Equatable {
    /// The route, or the pattern of names, that served the model.
    public var route: String
    /// Who was asked last: the provider and its name of the model.
    public var target: String
    /// How many targets were asked.
    public var attempts: Int
    /// From the call to its end, and to the first piece.
    public var latency: Milliseconds
    public var firstPiece: Milliseconds?

    public init(
        route: String, target: String, attempts: Int, latency: Milliseconds = 0, firstPiece: Milliseconds? = nil
    ) {
        self.route = route
        self.target = target
        self.attempts = attempts
        self.latency = latency
        self.firstPiece = firstPiece
    }
}
