import HoldfastCore

/// The tools of a request for a dialect that knows only functions.
///
/// A custom tool that takes any text becomes a function with one text; one with a grammar is refused. Hosted tools are
/// left out, as their declaration asks for nothing.
struct ToolSelection: Equatable {
    /// Which of them the model may or must call.
    enum Choice: Equatable {
        case auto
        case none
        case any
        case tool(String)
    }

    /// The parameter of a custom tool's function.
    static let customParameter = "input"

    var functions: [ToolDefinition] = []
    var choice = Choice.auto
    /// The names of those functions that stand for custom tools.
    var custom: Set<String> = []

    /// - Throws: when the choice names a tool that is not there.
    init(_ request: ModelRequest, dialect: String) throws(ModelError) {
        for tool in request.tools {
            if let function = try Self.function(for: tool, dialect: dialect) { functions.append(function) }
            if case .custom = tool.kind { custom.insert(tool.name) }
        }
        switch request.options.toolChoice {
        case .auto: break
        case .none: choice = .none
        case .required: choice = .any
        case .tool(let name):
            try require([name], in: request, dialect: dialect)
            choice = .tool(name)
        case .allowed(let names, let isRequired):
            try require(names, in: request, dialect: dialect)
            // Not shown, the others cannot be called either.
            functions.removeAll { !names.contains($0.name) }
            choice = isRequired ? .any : .auto
        }
        if choice == .any, functions.isEmpty {
            throw ModelError(
                .invalidRequest, "tool_choice requires a tool call, but no function is offered", isRetryable: false)
        }
    }

    private func require(_ names: [String], in request: ModelRequest, dialect: String) throws(ModelError) {
        for name in names where !functions.contains(where: { $0.name == name }) {
            throw .unsupported("the tool '\(name)' that tool_choice names", by: dialect)
        }
    }

    private static func function(for tool: ToolDefinition, dialect: String) throws(ModelError) -> ToolDefinition? {
        switch tool.kind {
        case .function: return tool
        case .hosted: return nil
        case .custom(let format):
            guard format == nil || format?["type"] == "text" else {
                throw .unsupported("the grammar of the custom tool '\(tool.name)'", by: dialect)
            }
            let parameters: JSONObject = [
                "type": "object", "properties": [customParameter: ["type": "string"]],
                "required": [.string(customParameter)], "additionalProperties": false,
            ]
            return ToolDefinition(name: tool.name, description: tool.description, parameters: parameters)
        }
    }

    /// A call that the model made, in the words of the tool that was offered.
    func call(name: String, arguments: String) -> ModelAnswer.Call {
        let arguments = arguments.isEmpty ? "{}" : arguments
        guard custom.contains(name) else { return ModelAnswer.Call(name: name, arguments: arguments) }
        let text = (try? JSONParser.parse(arguments))?[Self.customParameter]?.string
        return ModelAnswer.Call(name: name, arguments: text ?? arguments, isCustom: true)
    }
}
