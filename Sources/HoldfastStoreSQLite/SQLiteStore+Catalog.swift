public import HoldfastStore

extension SQLiteStore {
    public func session(_ id: String) async throws(StoreError) -> SessionRow? {
        try await readers.run { (connection) throws(StoreError) in
            let select = try connection.statement("SELECT \(SessionColumns.all) FROM session s WHERE id = ?")
            select.bind(id)
            defer { select.reset() }
            return try select.step() ? try SessionColumns.row(select) : nil
        }
    }

    public func sessions(
        project: String, agent: String?, metadata: [SessionHead.MetadataPair], query: ListQuery
    ) async throws(StoreError) -> Page<SessionRow>? {
        try await readers.run { (connection) throws(StoreError) in
            guard let start = try ListStart.of(query, table: "session", project: project, connection) else {
                return nil
            }
            let select = try connection.statement(
                SQLiteStore.listSQL(hasAgent: agent != nil, pairs: metadata.count, isAscending: query.isAscending))
            var index = 0
            func bind(_ value: some SQLValue) {
                index += 1
                select.bind(value, at: index)
            }
            bind(project)
            bind(start.number)
            if let agent { bind(agent) }
            for pair in metadata {
                bind(pair.key)
                bind(pair.value)
            }
            bind(start.limit + 1)
            defer { select.reset() }
            var rows: [SessionRow] = []
            while try select.step() { rows.append(try SessionColumns.row(select)) }
            return Page(entries: Array(rows.prefix(start.limit)), hasMore: rows.count > start.limit)
        }
    }

    public func sessionCount(project: String) async throws(StoreError) -> Int {
        try await readers.run { (connection) throws(StoreError) in
            let select = try connection.statement("SELECT sessions FROM project WHERE name = ?")
            select.bind(project)
            defer { select.reset() }
            return try select.step() ? Int(select.integer(0)) : 0
        }
    }

    public func sessionsWithOpenWork(after id: String?, limit: Int) async throws(StoreError) -> [String] {
        try await readers.run { (connection) throws(StoreError) in
            let select = try connection.statement(
                "SELECT id FROM session WHERE is_open = 1 AND id > ? ORDER BY id LIMIT ?")
            select.bind(id ?? "", max(0, limit))
            defer { select.reset() }
            var ids: [String] = []
            while try select.step() { ids.append(select.text(0)) }
            return ids
        }
    }

    /// The list's statement. With metadata the index of the first pair drives it, otherwise that of the agent or the
    /// project: each gives the order by itself.
    private static func listSQL(hasAgent: Bool, pairs: Int, isAscending: Bool) -> String {
        let table = pairs > 0 ? "session_metadata m CROSS JOIN session s ON s.n = m.session_n" : "session s"
        let (project, number) = pairs > 0 ? ("m.project", "m.session_n") : ("s.project", "s.n")
        let comparison = isAscending ? ">" : "<"
        var sql = "SELECT \(SessionColumns.all) FROM \(table) WHERE \(project) = ? AND \(number) \(comparison) ?"
        sql += " AND s.deleted = 0"
        if hasAgent { sql += " AND s.agent = ?" }
        for index in 0..<pairs {
            sql +=
                index == 0
                ? " AND m.key = ? AND m.value = ?"
                : " AND EXISTS (SELECT 1 FROM session_metadata WHERE session_n = s.n AND key = ? AND value = ?)"
        }
        return sql + " ORDER BY \(number) \(isAscending ? "ASC" : "DESC") LIMIT ?"
    }
}

/// Where a list begins: after a row's number.
struct ListStart {
    var number: Int64
    var limit: Int

    /// Finds the row of `query.after`; `nil` when the project has none of that id.
    static func of(
        _ query: ListQuery, table: String, project: String, _ connection: Connection
    ) throws(StoreError) -> ListStart? {
        let limit = max(0, query.limit)
        guard let after = query.after else { return ListStart(number: query.isAscending ? 0 : .max, limit: limit) }
        let select = try connection.statement("SELECT n FROM \(table) WHERE id = ? AND project = ?")
        select.bind(after, project)
        defer { select.reset() }
        return try select.step() ? ListStart(number: select.integer(0), limit: limit) : nil
    }
}
