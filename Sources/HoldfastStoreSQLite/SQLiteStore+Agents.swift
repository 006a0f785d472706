import HoldfastCore
public import HoldfastStore

extension SQLiteStore {
    public func insert(_ agent: AgentRecord, project: String) async throws(StoreError) {
        try await write { (connection) throws(StoreError) in
            let definition = agent.definition
            if try SQLiteStore.agentRow(definition.id, project: project, connection) != nil {
                throw StoreError(.conflict, "there is an agent \(definition.id) already")
            }
            try connection.statement(
                "INSERT INTO agent (project, id, version, metadata, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?)"
            ).run(
                project, definition.id, definition.version, JSONWriter.bytes(agent.metadata), agent.createdAt,
                agent.updatedAt)
            guard let row = try SQLiteStore.agentRow(definition.id, project: project, connection) else { return }
            try SQLiteStore.insertVersion(definition, number: row.number, connection)
        }
    }

    public func update(_ agent: AgentRecord, project: String) async throws(StoreError) {
        try await write { (connection) throws(StoreError) in
            let definition = agent.definition
            guard let row = try SQLiteStore.agentRow(definition.id, project: project, connection), !row.isDeleted,
                row.version + 1 == definition.version
            else {
                throw StoreError(
                    .conflict, "version \(definition.version) of \(definition.id) does not follow the newest one")
            }
            try connection.statement("UPDATE agent SET version = ?, metadata = ?, updated_at = ? WHERE n = ?").run(
                definition.version, JSONWriter.bytes(agent.metadata), agent.updatedAt, row.number)
            try SQLiteStore.insertVersion(definition, number: row.number, connection)
        }
    }

    public func deleteAgent(_ id: String, project: String) async throws(StoreError) -> Bool {
        try await write { (connection) throws(StoreError) in
            try connection.statement("UPDATE agent SET deleted = 1 WHERE project = ? AND id = ? AND deleted = 0").run(
                project, id)
            return connection.changes == 1
        }
    }

    public func agent(_ id: String, project: String) async throws(StoreError) -> AgentRecord? {
        try await readers.run { (connection) throws(StoreError) in
            let select = try connection.statement(
                "\(SQLiteStore.selectAgents) WHERE a.project = ? AND a.id = ? AND a.deleted = 0")
            select.bind(project, id)
            defer { select.reset() }
            return try select.step() ? try SQLiteStore.agentRecord(select) : nil
        }
    }

    public func agents(project: String, query: ListQuery) async throws(StoreError) -> Page<AgentRecord>? {
        try await readers.run { (connection) throws(StoreError) in
            guard let start = try ListStart.of(query, table: "agent", project: project, connection) else { return nil }
            let order = query.isAscending ? "a.n > ? ORDER BY a.n ASC" : "a.n < ? ORDER BY a.n DESC"
            let select = try connection.statement(
                "\(SQLiteStore.selectAgents) WHERE a.project = ? AND a.deleted = 0 AND \(order) LIMIT ?")
            select.bind(project, start.number, start.limit + 1)
            defer { select.reset() }
            var agents: [AgentRecord] = []
            while try select.step() { agents.append(try SQLiteStore.agentRecord(select)) }
            return Page(entries: Array(agents.prefix(start.limit)), hasMore: agents.count > start.limit)
        }
    }

    private static let selectAgents = """
        SELECT v.definition, a.metadata, a.created_at, a.updated_at
        FROM agent a JOIN agent_version v ON v.agent_n = a.n AND v.version = a.version
        """

    private static func agentRecord(_ row: SQLStatement) throws(StoreError) -> AgentRecord {
        do {
            guard let definition = try JSONParser.parse(row.bytes(0)).object,
                let metadata = try JSONParser.parse(row.bytes(1)).object
            else { throw StoreError(.corrupt, "an agent's row does not hold objects") }
            return AgentRecord(
                definition: try AgentDefinition(definition), metadata: metadata, createdAt: row.integer(2),
                updatedAt: row.integer(3))
        } catch {
            throw StoreError(.corrupt, "an agent's row is not what this program writes: \(error)", cause: error)
        }
    }

    private struct AgentRow {
        var number: Int64
        var version: Int
        var isDeleted: Bool
    }

    private static func agentRow(
        _ id: String, project: String, _ connection: Connection
    ) throws(StoreError) -> AgentRow? {
        let select = try connection.statement("SELECT n, version, deleted FROM agent WHERE project = ? AND id = ?")
        select.bind(project, id)
        defer { select.reset() }
        guard try select.step() else { return nil }
        return AgentRow(
            number: select.integer(0), version: Int(select.integer(1)), isDeleted: select.integer(2) != 0)
    }

    private static func insertVersion(
        _ definition: AgentDefinition, number: Int64, _ connection: Connection
    ) throws(StoreError) {
        try connection.statement("INSERT INTO agent_version (agent_n, version, definition) VALUES (?, ?, ?)").run(
            number, definition.version, JSONWriter.bytes(definition))
    }
}
