/// What a model call needs, in no provider's dialect.
public struct ModelRequest: Sendable, Equatable {
    public var model: String
    public var instructions: String?
    /// The conversation, oldest first.
    public var context: [ContextEntry]
    public var tools: [ToolDefinition]
    public var options: ModelOptions
    /// Names the session towards the provider's prompt cache and logs.
    public var session: String

    public init(
        model: String, instructions: String? = nil, context: [ContextEntry], tools: [ToolDefinition] = [],
        options: ModelOptions = ModelOptions(), session: String = ""
    ) {
        self.model = model
        self.instructions = instructions
        self.context = context
        self.tools = tools
        self.options = options
        self.session = session
    }
}

/// One entry of the conversation that a model sees.
public enum ContextEntry: Sendable, Equatable {
    /// A message of the developer, at its place in the conversation.
    case system(String)
    case user([ContentPart])
    case assistant(String)
    /// What the model thought before the text and the calls that follow. `replay` is the answer's `ModelAnswer.replay`.
    case reasoning(summary: String, replay: JSONObject?)
    /// A call that the model made; the calls of one answer stand together.
    case call(id: String, name: String, arguments: String)
    /// A call of a tool that takes free text.
    case customCall(id: String, name: String, input: String)
    /// The result of a call; all results of an answer follow its calls.
    case result(id: String, output: [ContentPart])
    /// An item of OpenAI's Responses dialect that has no shape of its own here, as it came. Only an upstream that
    /// speaks that dialect can take it; others refuse it by its type.
    case other(JSONObject)
}
