import HoldfastCore
import Logging

/// A tool that comes with the server.
protocol BuiltinTool: Sendable {
    /// How the tool is offered to the model; its schema is what `run` checks.
    static var offered: OfferedTool { get }

    /// Runs one call. Throws what is wrong with the arguments or the files, which becomes a failed outcome.
    static func run(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome
}

/// What a tool call may use.
struct ToolContext: Sendable {
    let call: String
    let workspace: Workspace
    let policy: SandboxPolicy
    let host: SandboxHost?
    let slots: CommandSlots
    let emit: @Sendable (String) -> Void
}

extension OfferedTool {
    /// A tool with flat arguments.
    static func builtin(
        _ name: String, _ description: String, _ server: ServerTool, required: [String],
        _ properties: JSONObject
    ) -> OfferedTool {
        OfferedTool(
            definition: ToolDefinition(
                name: name, description: description,
                parameters: [
                    "type": "object", "properties": .object(properties),
                    "required": .array(required.map { .string($0) }), "additionalProperties": false,
                ]),
            server: server)
    }
}
