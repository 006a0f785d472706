/// What a model call needs, in no provider's dialect.
public struct ModelRequest: Sendable, Equatable {
    public var model: String
    public var instructions: String?
    /// The conversation, oldest first.
    public var context: [ContextEntry]
    public var tools: [ToolDefinition]
    /// The agent's settings as the API resolved them (`reasoning`, `text`, `service_tier`).
    public var settings: JSONObject
    /// Names the session towards the provider's prompt cache and logs.
    public var session: String

    public init(
        model: String, instructions: String? = nil, context: [ContextEntry], tools: [ToolDefinition] = [],
        settings: JSONObject = [:], session: String = ""
    ) {
        self.model = model
        self.instructions = instructions
        self.context = context
        self.tools = tools
        self.settings = settings
        self.session = session
    }
}

/// One entry of the conversation that a model sees.
public enum ContextEntry: Sendable, Equatable {
    case user([ContentPart])
    case assistant(String)
    /// A call that the model made; the calls of one answer stand together.
    case call(id: String, name: String, arguments: String)
    /// The result of a call; all results of an answer follow its calls.
    case result(id: String, output: [ContentPart])
}
