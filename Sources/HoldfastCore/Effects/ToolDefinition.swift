/// A tool as the model sees it.
public struct ToolDefinition: Sendable, Equatable {
    /// What a call of the tool looks like.
    public enum Kind: Sendable, Equatable {
        /// Arguments as JSON, by `parameters`.
        case function
        /// Free text, in the declared format (`text`, or a `grammar`), `nil` for any.
        case custom(format: JSON?)
        /// A tool that the provider itself runs, with its declaration in OpenAI's words. A declaration alone asks for
        /// nothing: a provider that does not have the tool leaves it out.
        case hosted(JSONObject)
    }

    public var name: String
    public var description: String
    /// The JSON Schema of its arguments.
    public var parameters: JSONObject
    /// Whether the arguments must follow the schema exactly; `nil` leaves it to the provider.
    public var strict: Bool?
    public var kind: Kind

    public init(
        name: String, description: String, parameters: JSONObject, strict: Bool? = nil, kind: Kind = .function
    ) {
        self.name = name
        self.description = description
        self.parameters = parameters
        self.strict = strict
        self.kind = kind
    }
}
