/// A part of a turn that a person would recognise.
public struct Item: Sendable, Equatable {
    /// How far an item is. Items that clients send are always completed.
    public enum Status: String, Sendable {
        case inProgress = "in_progress"
        case completed
        case failed
        /// Given up: a failed attempt of a model call left it, or a call has no result that is known.
        case incomplete
        /// A message that was cut short, by the model's limit or by a person. What there is of it was said: unlike
        /// what a failed attempt left, it belongs to the conversation.
        case truncated

        /// The status in the words of OpenAI's APIs, which have one for both kinds of cut items.
        public var publicName: String { self == .truncated ? Status.incomplete.rawValue : rawValue }
    }

    /// What the item holds; indirect, as items are copied more often than they are made.
    public indirect enum Body: Sendable, Equatable {
        case userMessage([ContentPart])
        case assistantMessage(text: String, isFinal: Bool)
        case reasoning(summary: String)
        case toolCall(ToolCall)
        /// The client's result of a function call: an output, or an error text.
        case functionOutput(call: String, output: FunctionOutput)
        /// An item that came in OpenAI's Responses dialect and has no shape of its own here, as it came, without its
        /// id: messages of other roles, a client's own record of calls, types that this program does not know.
        case other(JSONObject)
        /// An item that was deleted; only its place is left.
        case deleted
    }

    public var id: String
    public var turn: String
    public var status: Status
    public var body: Body
    /// The model call that this item belongs to: the one that made it, whose call it answers, or, of a user message,
    /// the first that sees it. Orders the context; see `Context`.
    public var modelCall: Int
    /// The place among the turn's outputs; `nil` for inputs.
    public var outputIndex: Int?
    /// What an answer's message or reasoning has beside its text: `annotations`, `logprobs`, `refusal` (true: the text is
    /// one), `replay` (see `ModelAnswer.replay`).
    public var details: JSONObject?

    public init(
        id: String, turn: String, status: Status, body: Body, modelCall: Int, outputIndex: Int? = nil,
        details: JSONObject? = nil
    ) {
        self.id = id
        self.turn = turn
        self.status = status
        self.body = body
        self.modelCall = modelCall
        self.outputIndex = outputIndex
        self.details = details
    }
}

extension Item {
    /// A part of an answer that is shown as done, although it only counts once the whole answer is there.
    public var cameWhole: Bool {
        guard status == .inProgress else { return false }
        switch body {
        case .reasoning: return details?["replay"] != nil
        case .other: return true
        default: return false
        }
    }
}

/// A piece of a message.
public enum ContentPart: Sendable, Equatable {
    case text(String)
    /// An image's URL, which may be a `data:` URL, and how closely to look at it (`low`, `high`, `auto`).
    case image(url: String, detail: String? = nil)
    /// A part of OpenAI's Responses dialect that has no shape of its own here (a file, audio), as it came.
    case other(JSONObject)
}

/// What a client gave as the result of a function call.
public enum FunctionOutput: Sendable, Equatable {
    case none
    case text(String)
    case parts([ContentPart])
    case error(String)
}

/// A call that the model asked for.
public struct ToolCall: Sendable, Equatable {
    /// Who runs a call.
    public enum Runner: Sendable, Equatable {
        /// The client, which sends the result as an input event.
        case client
        /// This server.
        case server(ServerTool)
        /// Nobody: the model named a tool that it was not offered, or wrote unusable arguments. Says why.
        case refused(String)
    }

    /// Identifies the call over all its attempts.
    public var id: String
    public var name: String
    /// The arguments, as the JSON text that the model wrote.
    public var arguments: String
    /// A call of a custom tool, see `ToolDefinition.Kind.custom`.
    public var isCustom: Bool
    public var runner: Runner
    /// What a server-side tool answered; `nil` while it is open and for function calls.
    public var outcome: ToolOutcome?

    public init(
        id: String, name: String, arguments: String, isCustom: Bool = false, runner: Runner,
        outcome: ToolOutcome? = nil
    ) {
        self.id = id
        self.name = name
        self.arguments = arguments
        self.isCustom = isCustom
        self.runner = runner
        self.outcome = outcome
    }
}
