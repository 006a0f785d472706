import GRDB
import HoldfastStore

/// A table, an index or a trigger of a database, and the statement that made it.
struct SchemaObject: Equatable {
    var kind: String
    var name: String
    /// The statement, with single spaces.
    var sql: String

    /// All objects of a database that have a statement, in the order of their names.
    static func all(_ connection: Connection) throws(StoreError) -> [SchemaObject] {
        let select = try connection.statement(
            "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")
        defer { select.reset() }
        var objects: [SchemaObject] = []
        while try select.step() {
            let words = select.text(2).split(whereSeparator: \.isWhitespace)
            objects.append(
                SchemaObject(kind: select.text(0), name: select.text(1), sql: words.joined(separator: " ")))
        }
        return objects
    }

    /// What a database of a format must have; `nil` for a format that this program does not know.
    static func expected(ofFormat format: Int64) throws(StoreError) -> [SchemaObject]? {
        guard 1...Schema.format ~= format else { return nil }
        let result: Result<[SchemaObject], StoreError>
        do {
            result = try DatabaseQueue().inDatabase { database in
                let connection = Connection(database)
                do throws(StoreError) {
                    for migration in Schema.migrations.prefix(Int(format)) { try connection.execute(migration) }
                    return .success(try all(connection))
                } catch {
                    return .failure(error)
                }
            }
        } catch {
            throw StoreError(grdb: error)
        }
        return try result.get()
    }
}
