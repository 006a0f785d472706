/// What a Responses request asked for, beside its input: its checked members, in OpenAI's words. The response shows them
/// again, and its model calls are made by them. Beside them the id of the API key that asked, for the usage records.
public struct TurnRequest: Sendable, Equatable {
    public var members: JSONObject

    public init(_ members: JSONObject) { self.members = members }

    public var model: String { members["model"]?.string ?? "" }
    public var instructions: String? { members["instructions"]?.string }
    public var options: ModelOptions { ModelOptions(settings: members) }
    public var tools: [ToolDefinition] { ToolDefinition.list(members["tools"]?.array ?? []) }
    /// The id of the API key that asked; empty when it is not known.
    public var key: String {
        get { members["api_key"]?.string ?? "" }
        set { members["api_key"] = newValue.isEmpty ? nil : .string(newValue) }
    }
    /// Whether the client did not wait for it.
    public var isBackground: Bool { members["background"]?.bool ?? false }
}

extension TurnRequest: JSONWritable {
    public func write(to writer: inout JSONWriter) { members.write(to: &writer) }
}

extension ToolDefinition {
    /// The tools of declarations in OpenAI's words; one without a name or a type is left out.
    public static func list(_ declarations: [JSON]) -> [ToolDefinition] {
        declarations.compactMap { declaration in
            guard let tool = declaration.object, let type = tool["type"]?.string else { return nil }
            let description = tool["description"]?.string ?? ""
            switch (type, tool["name"]?.string) {
            case ("function", let name?):
                return ToolDefinition(
                    name: name, description: description, parameters: tool["parameters"]?.object ?? [:],
                    strict: tool["strict"]?.bool)
            case ("custom", let name?):
                return ToolDefinition(
                    name: name, description: description, parameters: [:], kind: .custom(format: tool["format"]))
            case ("function", nil), ("custom", nil): return nil
            case (_, let name):
                return ToolDefinition(
                    name: name ?? type, description: description, parameters: [:], kind: .hosted(tool))
            }
        }
    }
}
