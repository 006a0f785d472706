import HoldfastCore

/// `shell`: a bash command in the session's sandbox.
enum ShellTool: BuiltinTool {
    static let offered = OfferedTool.builtin(
        "shell",
        "Runs a command with bash in the session's sandbox and returns its output (stdout and stderr together) and "
            + "exit code. The working directory is /workspace; its files last. There is no network. Processes that "
            + "are still running when the command ends are stopped.",
        ServerTool(effectClass: .atMostOnce, presentation: .command),
        required: ["command"],
        [
            "command": ["type": "string", "description": "The bash command."],
            "timeout_ms": [
                "type": "integer", "minimum": 1,
                "description": "Stops the command after this time. The server's own limit holds in any case.",
            ],
        ])

    static func run(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let command = try arguments.string("command")
        var policy = context.policy
        if let timeout = try arguments.integer("timeout_ms", in: 1 ... .max) {
            policy.wallClock = min(policy.wallClock, timeout)
        }
        guard let host = context.host else {
            return ToolOutcome(.failed, output: "commands cannot run on this server: there is no sandbox")
        }
        // A full workspace still lets commands delete; a nearly full one bounds what a single file can take.
        policy.fileSize = max(0, context.workspace.capacity - (try context.workspace.usage()))
        let sandboxed = SandboxedCommand(
            host: host, policy: policy, workspace: context.workspace, call: context.call)
        let outcome = await context.slots.run { await sandboxed.run(command, emit: context.emit) }
        return outcome ?? ToolOutcome(.cancelled, output: "")
    }
}
