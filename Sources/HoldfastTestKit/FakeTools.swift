public import HoldfastCore
import Synchronization

/// Tools that a test writes, and that remember how often each call was run.
public final class FakeTools: ToolRunner {
    /// What a tool does.
    public typealias Body =
        @Sendable (
            _ invocation: ToolInvocation, _ emit: @escaping @Sendable (String) -> Void
        ) async -> ToolOutcome

    private let offered: [OfferedTool]
    private let body: Body
    private let counts = Mutex<[String: [Int]]>([:])

    public init(_ tools: [OfferedTool], _ body: @escaping Body) {
        offered = tools
        self.body = body
    }

    /// Tools that answer at once.
    public convenience init(_ tools: OfferedTool...) {
        self.init(tools) { invocation, _ in ToolOutcome(.succeeded, output: "done: \(invocation.name)") }
    }

    /// How often the call was run, over all attempts.
    public func runs(of call: String) -> Int { counts.withLock { $0[call]?.count ?? 0 } }

    /// The calls that were run, sorted, each with the attempts.
    public var allRuns: [(call: String, attempts: [Int])] {
        counts.withLock { $0.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }
    }

    public func tools(in environment: SessionEnvironment) -> [OfferedTool] { offered }

    public func prepare(_ environment: SessionEnvironment, session: String) async throws(ToolError) {}

    public func run(
        _ invocation: ToolInvocation, emit: @escaping @Sendable (String) -> Void
    ) async -> ToolOutcome {
        counts.withLock { $0[invocation.call, default: []].append(invocation.attempt) }
        return await body(invocation, emit)
    }

    public func remove(_ environment: SessionEnvironment, session: String) async {}
}

extension OfferedTool {
    /// A tool without parameters.
    public static func fake(
        _ name: String, _ effectClass: EffectClass, as presentation: ServerTool.Presentation = .call
    ) -> OfferedTool {
        OfferedTool(
            definition: ToolDefinition(name: name, description: "", parameters: [:]),
            server: ServerTool(effectClass: effectClass, presentation: presentation))
    }
}
