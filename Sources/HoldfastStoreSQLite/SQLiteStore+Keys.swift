public import HoldfastCore
public import HoldfastStore

extension SQLiteStore {
    public func insert(_ key: KeyRecord) async throws(StoreError) {
        try await write { (connection) throws(StoreError) in
            guard try !SQLiteStore.hasKey(key.id, connection) else {
                throw StoreError(.conflict, "there is a key \(key.id) already")
            }
            try connection.statement(
                """
                INSERT INTO api_key (id, project, name, digest, created_at, revoked_at, models)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """
            ).run(
                key.id, key.project, key.name, key.digest, key.createdAt, key.revokedAt,
                key.models.map { JSONWriter.text($0) })
        }
    }

    public func keys() async throws(StoreError) -> [KeyRecord] {
        try await readers.run { (connection) throws(StoreError) in
            let select = try connection.statement(
                "SELECT id, project, name, digest, created_at, revoked_at, models FROM api_key ORDER BY n")
            defer { select.reset() }
            var keys: [KeyRecord] = []
            while try select.step() {
                keys.append(
                    KeyRecord(
                        id: select.text(0), project: select.text(1), name: select.text(2), digest: select.bytes(3),
                        createdAt: select.integer(4), revokedAt: select.isNull(5) ? nil : select.integer(5),
                        models: try SQLiteStore.models(select.optionalText(6))))
            }
            return keys
        }
    }

    public func revokeKey(_ id: String, at time: Milliseconds) async throws(StoreError) -> Bool {
        try await write { (connection) throws(StoreError) in
            try connection.statement("UPDATE api_key SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL").run(
                time, id)
            return try SQLiteStore.hasKey(id, connection)
        }
    }

    private static func models(_ text: String?) throws(StoreError) -> [String]? {
        guard let text else { return nil }
        guard let names = (try? JSONParser.parse(text))?.array?.compactMap(\.string) else {
            throw StoreError(.corrupt, "a key's models column is not what this program writes")
        }
        return names
    }

    private static func hasKey(_ id: String, _ connection: Connection) throws(StoreError) -> Bool {
        let select = try connection.statement("SELECT 1 FROM api_key WHERE id = ?")
        select.bind(id)
        defer { select.reset() }
        return try select.step()
    }
}
