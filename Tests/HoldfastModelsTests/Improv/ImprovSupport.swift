import HoldfastCore
import HoldfastModels

/// Asks the improvising model.
enum Improv {
    static func ask(
        _ text: String, tools: [ToolDefinition] = [], earlier: [ContextEntry] = [], later: [ContextEntry] = [],
        instructions: String? = nil, _ change: (inout ModelOptions) -> Void = { _ in }
    ) async throws -> ModelAnswer {
        var request = ModelRequest(
            model: "improv", instructions: instructions, context: earlier + [.user([.text(text)])] + later,
            tools: tools)
        change(&request.options)
        return try await ImprovProvider().call(request, emit: { _ in })
    }

    /// The answer to a request for JSON by a schema.
    static func fill(_ schema: JSONObject, _ text: String) async throws -> JSON {
        let answer = try await ask(text) {
            $0.format = .jsonSchema(name: "s", description: nil, schema: schema, strict: true)
        }
        return try JSONParser.parse(answer.text)
    }

    static func tool(_ name: String, _ description: String = "", _ parameters: JSONObject = [:]) -> ToolDefinition {
        ToolDefinition(name: name, description: description, parameters: parameters)
    }

    static func object(_ properties: JSONObject, required: [String]? = nil) -> JSONObject {
        let names = required ?? properties.members.map(\.name)
        return [
            "type": "object", "properties": .object(properties), "required": .array(names.map { .string($0) }),
        ]
    }

    static let weather = tool(
        "get_weather", "The weather at a place",
        object(
            [
                "location": ["type": "string"],
                "unit": ["type": "string", "enum": ["celsius", "fahrenheit"]],
            ], required: ["location"]))
    static let add = tool("add", "", object(["a": ["type": "integer"], "b": ["type": "integer"]]))
    static let multiply = tool("multiply", "", object(["a": ["type": "number"], "b": ["type": "number"]]))
}
