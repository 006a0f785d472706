import HoldfastCore

/// The tools of a request in Chat Completions' words, and which of them may be called.
///
/// A declaration of a tool that only another provider runs asks for nothing and is left out; a choice that names it is
/// refused.
struct OpenAITools {
    private let tools: [ToolDefinition]
    private let choice: ModelOptions.ToolChoice
    private let isParallel: Bool?

    init(_ request: ModelRequest) throws(ModelError) {
        let tools = request.tools.filter { !$0.isHosted }
        self.tools = tools
        isParallel = request.options.parallelToolCalls
        switch request.options.toolChoice {
        case .tool(let name):
            try Self.require(name, among: tools)
            choice = .tool(name)
        case .allowed(let names, let isRequired):
            let known = names.filter { name in tools.contains { $0.name == name } }
            if isRequired, known.isEmpty, let name = names.first { try Self.require(name, among: tools) }
            choice = known.isEmpty ? .none : .allowed(known, isRequired: isRequired)
        case let other: choice = other
        }
    }

    private static func require(_ name: String, among tools: [ToolDefinition]) throws(ModelError) {
        guard tools.contains(where: { $0.name == name }) else {
            throw ModelError(
                .invalidRequest, "'tool_choice' names '\(name)', which cannot be given to this provider",
                isRetryable: false)
        }
    }

    /// Writes the members; nothing where there are no tools, as servers refuse them then.
    func write(to writer: inout JSONWriter) {
        guard !tools.isEmpty else { return }
        writer.array("tools") { writer in
            for tool in tools { Self.write(tool, to: &writer) }
        }
        switch choice {
        case .auto: break
        case .none: writer.member("tool_choice", "none")
        case .required: writer.member("tool_choice", "required")
        case .tool(let name): writer.object("tool_choice") { writeChoice(name, to: &$0) }
        case .allowed(let names, let isRequired):
            writer.object("tool_choice") { writer in
                writer.member("type", "allowed_tools")
                writer.object("allowed_tools") { writer in
                    writer.member("mode", isRequired ? "required" : "auto")
                    writer.array("tools") { writer in
                        for name in names { writer.object { writeChoice(name, to: &$0) } }
                    }
                }
            }
        }
        writer.member(ifPresent: "parallel_tool_calls", isParallel)
    }

    private func writeChoice(_ name: String, to writer: inout JSONWriter) {
        let isCustom = tools.first { $0.name == name }?.isCustom == true
        writer.member("type", isCustom ? "custom" : "function")
        writer.object(isCustom ? "custom" : "function") { $0.member("name", name) }
    }

    private static func write(_ tool: ToolDefinition, to writer: inout JSONWriter) {
        writer.object { writer in
            if case .custom(let format) = tool.kind {
                writer.member("type", "custom")
                writer.object("custom") { writer in
                    writer.member("name", tool.name)
                    if !tool.description.isEmpty { writer.member("description", tool.description) }
                    writer.member(ifPresent: "format", format.map(nested))
                }
            } else {
                writer.member("type", "function")
                writer.object("function") { writer in
                    writer.member("name", tool.name)
                    if !tool.description.isEmpty { writer.member("description", tool.description) }
                    writer.member("parameters", tool.parameters.isEmpty ? noParameters : tool.parameters)
                    writer.member(ifPresent: "strict", tool.strict)
                }
            }
        }
    }

    /// A grammar as Chat Completions nests it.
    private static func nested(_ format: JSON) -> JSON {
        guard var grammar = format.object, grammar["type"] == "grammar", grammar["grammar"] == nil else {
            return format
        }
        grammar["type"] = nil
        return ["type": "grammar", "grammar": .object(grammar)]
    }

    /// Some servers refuse a schema that is not of an object.
    private static let noParameters: JSONObject = ["type": "object", "properties": [:]]
}

extension ToolDefinition {
    fileprivate var isHosted: Bool { if case .hosted = kind { true } else { false } }
    fileprivate var isCustom: Bool { if case .custom = kind { true } else { false } }
}
