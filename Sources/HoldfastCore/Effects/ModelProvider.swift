/// Something that answers model calls. One call is one attempt: the caller decides about retries.
public protocol ModelProvider: Sendable {
    /// Runs one model call, streaming. `emit` is called in order, never after the return, and does not block.
    /// Cancelling the task ends the call.
    /// - Returns: the whole answer, of which the emitted pieces are the beginning.
    /// - Throws: `ModelError`, also after some pieces were emitted.
    func call(_ request: ModelRequest, emit: @escaping @Sendable (ModelPiece) -> Void) async throws(ModelError)
        -> ModelAnswer
}

/// A piece of a streamed answer.
public enum ModelPiece: Sendable, Equatable {
    /// Reasoning summary, which comes before the text.
    case reasoning(String)
    case text(String)
    /// A whole item of OpenAI's Responses dialect at its place in the answer, before the text and the calls. The first
    /// one of type `reasoning` is the end of the streamed reasoning.
    case item(JSONObject)
}

/// A model's whole answer.
public struct ModelAnswer: Sendable, Equatable {
    /// A tool call that the model asks for.
    public struct Call: Sendable, Equatable {
        public var name: String
        /// JSON text as the model wrote it; the free text of a custom tool's call.
        public var arguments: String
        /// A call of a custom tool, see `ToolDefinition.Kind.custom`.
        public var isCustom: Bool

        public init(name: String, arguments: String, isCustom: Bool = false) {
            self.name = name
            self.arguments = arguments
            self.isCustom = isCustom
        }
    }

    public var reasoning: String
    /// What the provider needs to see again, before the answer's text and calls, to go on from it (signed or encrypted
    /// thoughts): one member named after the provider, in that provider's words. Others ignore it.
    public var replay: JSONObject?
    public var text: String
    /// The text with which the model refuses, instead of `text`; not streamed.
    public var refusal: String
    /// Citations in `text`, in the words of OpenAI's Responses.
    public var annotations: [JSON]
    /// The probabilities of the tokens of `text` where they were asked for, in OpenAI's words.
    public var logprobs: [JSON]
    public var calls: [Call]
    /// What the message has beside that, in the words of the Responses dialect: `phase`, and `content` where it is more
    /// than one part of text.
    public var messageMembers = JSONObject()
    /// The order of the parts, where it is another than reasoning, message, calls, or where there are more.
    public var output: [Output] = []
    public var usage: TokenUsage
    /// What the call cost, in millionths of a US dollar.
    public var cost: Int64
    /// The provider stopped before the answer was complete (its output limit).
    public var isTruncated: Bool
    /// The provider stopped before the answer was complete because of what it would have said.
    public var isFiltered: Bool
    /// How the call went; no part of the journal.
    public var report: ModelCallReport?

    public init(
        reasoning: String = "", replay: JSONObject? = nil, text: String = "", refusal: String = "",
        annotations: [JSON] = [], logprobs: [JSON] = [], calls: [Call] = [], usage: TokenUsage = .init(),
        cost: Int64 = 0, isTruncated: Bool = false, isFiltered: Bool = false
    ) {
        self.reasoning = reasoning
        self.replay = replay
        self.text = text
        self.refusal = refusal
        self.annotations = annotations
        self.logprobs = logprobs
        self.calls = calls
        self.usage = usage
        self.cost = cost
        self.isTruncated = isTruncated
        self.isFiltered = isFiltered
    }
}

/// Why a model call failed.
public struct ModelError: Error, Sendable, Equatable {
    /// What kind of failure, in the words of the Agents API's turn errors.
    public enum Code: String, Sendable {
        case invalidRequest = "invalid_request"
        case authentication = "authentication_error"
        case notFound = "resource_not_found"
        case contextLength = "context_length_exceeded"
        case rateLimit = "rate_limit_exceeded"
        case overloaded = "server_overloaded"
        case server = "server_error"
        case connection = "connection_failed"
        case timeout = "request_timeout"
    }

    public var code: Code
    public var message: String
    /// Whether a new attempt may succeed.
    public var isRetryable: Bool
    /// How long the provider asks to wait before it.
    public var retryAfter: Milliseconds?
    /// How the call went; no part of the journal.
    public var report: ModelCallReport?

    public init(_ code: Code, _ message: String, isRetryable: Bool, retryAfter: Milliseconds? = nil) {
        self.code = code
        self.message = message
        self.isRetryable = isRetryable
        self.retryAfter = retryAfter
    }

    /// The failure that an HTTP status means: 408, 429 and 5xx may be tried again.
    public init(status: Int, message: String, retryAfter: Milliseconds? = nil) {
        let code: Code =
            switch status {
            case 401, 403: .authentication
            case 404: .notFound
            case 408: .timeout
            case 429: .rateLimit
            case 503, 529: .overloaded
            case 500...: .server
            default: .invalidRequest
            }
        self.init(code, message, isRetryable: status == 408 || status == 429 || status >= 500, retryAfter: retryAfter)
    }
}
