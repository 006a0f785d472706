/// One attempt to run a server-side tool.
public struct ToolInvocation: Sendable {
    /// The session that asks; tools see no other session's things.
    public var session: String
    public var environment: SessionEnvironment
    /// The call's id, stable over attempts: the idempotency key.
    public var call: String
    /// 1 for the first attempt.
    public var attempt: Int
    public var name: String
    /// The arguments as JSON text, not yet validated.
    public var arguments: String

    public init(
        session: String, environment: SessionEnvironment, call: String, attempt: Int, name: String, arguments: String
    ) {
        self.session = session
        self.environment = environment
        self.call = call
        self.attempt = attempt
        self.name = name
        self.arguments = arguments
    }
}

/// A server-side tool with what the journal must know of it.
public struct OfferedTool: Sendable, Equatable {
    public var definition: ToolDefinition
    public var server: ServerTool

    public init(definition: ToolDefinition, server: ServerTool) {
        self.definition = definition
        self.server = server
    }
}

/// Runs server-side tools and prepares the environments that they work in.
public protocol ToolRunner: Sendable {
    /// The tools that a session in this environment has, in a stable order.
    func tools(in environment: SessionEnvironment) -> [OfferedTool]

    /// Makes a session's environment; idempotent. Throws `ToolError` when it cannot be had.
    func prepare(_ environment: SessionEnvironment, session: String) async throws(ToolError)

    /// Runs one attempt. `emit` takes output as it comes; together its pieces are a prefix of the outcome's output.
    /// Cancellation of the task stops the tool; whatever went wrong is an outcome, not an error.
    func run(_ invocation: ToolInvocation, emit: @escaping @Sendable (String) -> Void) async -> ToolOutcome

    /// Removes a session's environment with its files; idempotent.
    func remove(_ environment: SessionEnvironment, session: String) async
}

/// An environment could not be made.
public struct ToolError: Error, Sendable, Equatable {
    /// What happened and what to do, for a person.
    public var message: String

    public init(_ message: String) { self.message = message }
}
