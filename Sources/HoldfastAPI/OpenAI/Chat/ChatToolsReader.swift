import HoldfastCore

/// Reads the tools of a Chat Completions request, and which of them the model may call.
struct ChatToolsReader {
    let limits: Limits

    func tools(_ fields: Fields) throws(APIError) -> [ToolDefinition] {
        var tools: [ToolDefinition] = []
        for tool in try fields.list("tools", limit: limits.agentTools) ?? [] {
            switch try tool.requiredString("type") {
            case "function":
                let function = try tool.requiredFields("function")
                tools.append(
                    ToolDefinition(
                        name: try function.requiredString("name", limit: limits.identifier),
                        description: try function.string("description") ?? "",
                        parameters: try function.fields("parameters")?.object ?? [:],
                        strict: try function.bool("strict")))
            case "custom":
                let custom = try tool.requiredFields("custom")
                tools.append(
                    ToolDefinition(
                        name: try custom.requiredString("name", limit: limits.identifier),
                        description: try custom.string("description") ?? "", parameters: [:],
                        kind: .custom(format: try custom.fields("format").map(Self.format))))
            case let type:
                throw .invalid(
                    tool.param("type"), "'\(tool.param("type"))' must be 'function' or 'custom', not '\(type)'.")
            }
        }
        return tools
    }

    /// The format of a custom tool in the words of Responses, where a grammar's members stand beside its type.
    private static func format(_ format: Fields) -> JSON {
        guard var grammar = format.value("grammar")?.object else { return .object(format.object) }
        grammar["type"] = format.object["type"]
        return .object(grammar)
    }

    func choice(_ fields: Fields, among tools: [ToolDefinition]) throws(APIError) -> ModelOptions.ToolChoice {
        switch fields.value("tool_choice") {
        case nil, "auto": return .auto
        case "none": return .none
        case "required":
            guard !tools.isEmpty else { throw .invalid("tool_choice", "'tool_choice' needs 'tools'.") }
            return .required
        case .object?:
            let choice = try fields.requiredFields("tool_choice")
            guard try choice.requiredString("type") == "allowed_tools" else {
                return .tool(try name(choice, among: tools))
            }
            let allowed = try choice.requiredFields("allowed_tools")
            let mode = try allowed.choice("mode", ["auto", "required"])
            var names: [String] = []
            for tool in try allowed.list("tools", limit: limits.agentTools) ?? [] {
                names.append(try name(tool, among: tools))
            }
            return .allowed(names, isRequired: mode == "required")
        default:
            throw .invalid(
                "tool_choice", "'tool_choice' must be 'auto', 'none', 'required', or an object that names a tool.")
        }
    }

    private func name(_ choice: Fields, among tools: [ToolDefinition]) throws(APIError) -> String {
        guard let kind = try choice.choice("type", ["function", "custom"]) else { throw .missing(choice.param("type")) }
        let inner = try choice.requiredFields(kind)
        let name = try inner.requiredString("name")
        guard tools.contains(where: { $0.name == name }) else {
            throw .invalid(inner.param("name"), "'tools' has no tool of the name '\(name.prefix(80))'.")
        }
        return name
    }
}
