import HoldfastCore

/// `write_file`: puts a whole file in place.
enum WriteFileTool: BuiltinTool {
    static let offered = OfferedTool.builtin(
        "write_file", "Writes a file in the workspace, replacing it when it exists. Missing directories are made.",
        ServerTool(effectClass: .atMostOnce),
        required: ["path", "content"],
        [
            "path": ["type": "string", "description": "Relative to /workspace, or under it."],
            "content": ["type": "string", "description": "The whole content."],
        ])

    static func run(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let path = try WorkspacePath(try arguments.string("path"))
        let content = try arguments.string("content")
        try context.workspace.write(path, content.utf8)
        return ToolOutcome(.succeeded, output: "wrote \(content.utf8.count) bytes to \(path)")
    }
}
