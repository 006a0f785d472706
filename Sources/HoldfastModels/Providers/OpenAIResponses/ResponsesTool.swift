import HoldfastCore

/// A tool's declaration in the words of Responses; that of a hosted tool stays as it came.
struct ResponsesTool: JSONWritable {
    let tool: ToolDefinition

    /// Some servers refuse a schema that is not of an object.
    private static let noParameters: JSONObject = ["type": "object", "properties": [:]]

    func write(to writer: inout JSONWriter) {
        switch tool.kind {
        case .hosted(let declaration): writer.value(declaration)
        case .custom(let format):
            writer.object { writer in
                writer.member("type", "custom")
                writeName(to: &writer)
                writer.member(ifPresent: "format", format)
            }
        case .function:
            writer.object { writer in
                writer.member("type", "function")
                writeName(to: &writer)
                writer.member("parameters", tool.parameters.isEmpty ? Self.noParameters : tool.parameters)
                writer.member(ifPresent: "strict", tool.strict)
            }
        }
    }

    private func writeName(to writer: inout JSONWriter) {
        writer.member("name", tool.name)
        if !tool.description.isEmpty { writer.member("description", tool.description) }
    }
}

/// Which tools the model may call, in the words of Responses.
struct ResponsesToolChoice {
    let choice: ModelOptions.ToolChoice
    let tools: [ToolDefinition]

    /// `nil` for the default.
    var json: JSON? {
        switch choice {
        case .auto: nil
        case .none: "none"
        case .required: "required"
        case .tool(let name): .object(named(name))
        case .allowed(let names, let isRequired):
            [
                "type": "allowed_tools", "mode": isRequired ? "required" : "auto",
                "tools": .array(names.map { .object(named($0)) }),
            ]
        }
    }

    /// A hosted tool is named by its type, and a server of tools by its label.
    private func named(_ name: String) -> JSONObject {
        for tool in tools {
            switch tool.kind {
            case .function where tool.name == name: return ["type": "function", "name": .string(name)]
            case .custom where tool.name == name: return ["type": "custom", "name": .string(name)]
            case .hosted(let declaration) where tool.name == name || declaration["type"]?.string == name:
                var named: JSONObject = ["type": declaration["type"] ?? .string(name)]
                named["server_label"] = declaration["server_label"]
                return named
            default: continue
            }
        }
        return ["type": "function", "name": .string(name)]
    }
}
