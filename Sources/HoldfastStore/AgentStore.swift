public import HoldfastCore

/// A saved agent: the newest version of its definition.
public struct AgentRecord: Sendable, Equatable {
    public var definition: AgentDefinition
    public var metadata: JSONObject
    public var createdAt: Milliseconds
    public var updatedAt: Milliseconds

    public init(definition: AgentDefinition, metadata: JSONObject, createdAt: Milliseconds, updatedAt: Milliseconds) {
        self.definition = definition
        self.metadata = metadata
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// Saved agents. Every update is a new version; old ones stay readable.
public protocol AgentStore: Sendable {
    func insert(_ agent: AgentRecord, project: String) async throws(StoreError)

    /// Adds a version. Throws `.conflict` unless it follows the newest one.
    func update(_ agent: AgentRecord, project: String) async throws(StoreError)

    /// Removes an agent from the lists; `false` when there is none. Its versions stay for the sessions that use them.
    func deleteAgent(_ id: String, project: String) async throws(StoreError) -> Bool

    /// The newest version.
    func agent(_ id: String, project: String) async throws(StoreError) -> AgentRecord?

    /// Agents in the order of creation; `nil` when `query.after` is not an agent of the project.
    func agents(project: String, query: ListQuery) async throws(StoreError) -> Page<AgentRecord>?
}
