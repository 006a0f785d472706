public import HoldfastCore

/// What one inference used: one record for each, stateless or inside a session. Nothing of the request or the answer.
public struct UsageRecord: Sendable, Equatable {
    /// How an inference ended.
    public enum Outcome: String, Sendable, CaseIterable {
        case completed, failed
        /// The client left, or the turn was cancelled.
        case cancelled
    }

    /// What was asked for.
    public enum Operation: String, Sendable, CaseIterable {
        case chat, embeddings, responses
        /// A model call of a session.
        case session
    }

    /// The place among all records, from 1; the store gives it.
    public var number: Int64 = 0
    /// When the inference began.
    public var at: Milliseconds
    public var project: String
    /// The API key's id; empty in turns of the Agents API, whose inputs may come from several.
    public var key = ""
    /// The `x-request-id` of a stateless request.
    public var request: String?
    public var operation: Operation
    /// The route, or the pattern of names, that served the model.
    public var route = ""
    /// Who answered: the provider and its name of the model.
    public var target = ""
    /// The model as the client named it.
    public var model: String
    public var session: String?
    public var turn: String?
    /// The `model.answered` in the session's journal that this record stands for.
    public var seq: Int64?
    public var outcome = Outcome.completed
    /// The HTTP status that the client got; 499 when it left, 0 inside a session.
    public var status = 0
    public var tokens = TokenUsage()
    /// The tokens are this server's estimate, because the provider did not report any.
    public var isEstimated = false
    /// In millionths of a US dollar.
    public var cost: Int64 = 0
    /// From the request to the end of the answer.
    public var latency: Milliseconds = 0
    /// From the request to the first byte or piece of the answer.
    public var firstToken: Milliseconds?
    /// How many targets were asked.
    public var attempts = 1

    public init(at: Milliseconds, project: String, operation: Operation, model: String) {
        self.at = at
        self.project = project
        self.operation = operation
        self.model = model
    }
}
