/// A session began.
public struct SessionCreated: Sendable, Equatable, JSONWritable {
    public var project: String
    /// The definition that the session keeps, overrides applied.
    public var agent: AgentDefinition
    public var environment: SessionEnvironment
    public var metadata: JSONObject
    /// In US cents.
    public var spendLimit: Int?
    /// The session is a chain of responses that nobody gave a name: `previous_response_id` continues it.
    public var isChain: Bool

    public init(
        project: String, agent: AgentDefinition, environment: SessionEnvironment = .none, metadata: JSONObject = [:],
        spendLimit: Int? = nil, isChain: Bool = false
    ) {
        self.project = project
        self.agent = agent
        self.environment = environment
        self.metadata = metadata
        self.spendLimit = spendLimit
        self.isChain = isChain
    }

    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("project", project)
            writer.member("agent", agent)
            writer.member("environment", environment)
            writer.member("metadata", metadata)
            writer.member(ifPresent: "limit", spendLimit)
            if isChain { writer.member("chain", true) }
        }
    }

    init(_ json: JSONObject) throws(JSONReadError) {
        self.init(
            project: try json.string("project"), agent: try AgentDefinition(json.object("agent")),
            environment: try SessionEnvironment(json.object("environment")), metadata: try json.object("metadata"),
            spendLimit: json["limit"]?.integer.map(Int.init), isChain: json["chain"]?.bool ?? false)
    }
}
