public import HoldfastCore
public import Logging

/// Runs the tools that come with the server: `clock` everywhere, and in hosted environments commands in a sandbox and
/// tools for the files of the workspace.
public struct BuiltinToolRunner: ToolRunner {
    private let limits: Limits
    private let probe: SandboxProbe
    private let logger: Logger
    private let workspaces: Workspaces
    private let slots: CommandSlots

    /// - Parameters:
    ///   - dataDirectory: Workspaces are made under it.
    ///   - probe: What this machine can do. Without a sandbox no hosted environment can be prepared.
    public init(dataDirectory: String, limits: Limits, probe: SandboxProbe, logger: Logger) {
        self.limits = limits
        self.probe = probe
        self.logger = logger
        workspaces = Workspaces(dataDirectory: dataDirectory, capacity: limits.workspaceBytes)
        slots = CommandSlots(limits.concurrentCommands)
        workspaces.removeLeftovers()
    }

    public func tools(in environment: SessionEnvironment) -> [OfferedTool] {
        switch environment.kind {
        case .none: Self.everywhere
        case .hosted: Self.hosted
        }
    }

    public func prepare(_ environment: SessionEnvironment, session: String) async throws(ToolError) {
        guard environment.kind == .hosted else { return }
        guard SandboxPolicy.Size(rawValue: environment.size) != nil else {
            throw ToolError("there is no environment size '\(environment.size)'; use small, medium or large")
        }
        guard probe.isAvailable else {
            throw ToolError("this server has no sandbox for commands.\n\(probe.remedy)")
        }
        do throws(WorkspaceError) {
            _ = try workspaces.make(session: session)
        } catch {
            throw ToolError(error.message)
        }
    }

    public func run(_ invocation: ToolInvocation, emit: @escaping @Sendable (String) -> Void) async -> ToolOutcome {
        do {
            if invocation.name == ClockTool.offered.definition.name {
                return try ClockTool.run(ToolArguments(invocation.arguments, for: ClockTool.offered.definition))
            }
            let tool = Self.workspaceTools.first { $0.offered.definition.name == invocation.name }
            guard let tool, invocation.environment.kind == .hosted else {
                return ToolOutcome(.failed, output: "there is no tool '\(invocation.name)' in this environment")
            }
            let arguments = try ToolArguments(invocation.arguments, for: tool.offered.definition)
            return try await tool.run(arguments, in: try context(invocation, emit: emit))
        } catch is CancellationError {
            return ToolOutcome(.cancelled, output: "")
        } catch let failure as SystemCall.Failure {
            return ToolOutcome(.failed, output: failure.text)
        } catch {
            return ToolOutcome(.failed, output: "\(error)")
        }
    }

    public func remove(_ environment: SessionEnvironment, session: String) async {
        guard environment.kind == .hosted else { return }
        do throws(WorkspaceError) {
            try workspaces.remove(session: session)
        } catch {
            logger.error("a workspace is left over", metadata: ["session": "\(session)", "error": "\(error)"])
        }
    }

    private static let workspaceTools: [any BuiltinTool.Type] = [
        ShellTool.self, ReadFileTool.self, WriteFileTool.self, ApplyPatchTool.self, ListFilesTool.self,
    ]
    private static let everywhere = [ClockTool.offered]
    private static let hosted = workspaceTools.map { $0.offered } + everywhere

    private func context(
        _ invocation: ToolInvocation, emit: @escaping @Sendable (String) -> Void
    ) throws(WorkspaceError) -> ToolContext {
        guard let size = SandboxPolicy.Size(rawValue: invocation.environment.size) else {
            throw WorkspaceError("there is no environment size '\(invocation.environment.size)'")
        }
        return ToolContext(
            call: invocation.call, workspace: try workspaces.open(session: invocation.session),
            policy: SandboxPolicy(size: size, limits: limits), host: probe.host, slots: slots, emit: emit)
    }
}
