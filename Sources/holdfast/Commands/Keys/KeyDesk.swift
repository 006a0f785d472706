import Glibc
import HoldfastAPI
import HoldfastCore
import HoldfastStore
import HoldfastStoreSQLite

/// Where keys are made and revoked: at a running server, or in a data directory that no server has open.
enum KeyDesk: Sendable {
    case server(APIClient)
    case store(SQLiteStore)

    /// Runs with the server if it answers, else with the data directory.
    /// - Parameter makesDirectory: Whether a directory that is not there yet is made.
    static func with<Value: Sendable>(
        _ connection: ConnectionOptions, makesDirectory: Bool = false, _ body: (KeyDesk) async throws -> Value
    ) async throws -> Value {
        let endpoint = try connection.endpoint
        guard let directory = endpoint.dataDirectory else {
            return try await APIClient.with(endpoint) { try await body(.server($0)) }
        }
        do {
            return try await APIClient.with(endpoint) { try await body(.server($0)) }
        } catch is Unreachable {
            guard makesDirectory || access(directory, F_OK) == 0 else {
                throw CommandFailure("There is no data directory \(directory).", remedy: "Name one with --data DIR.")
            }
            return try await offline(directory, body)
        }
    }

    private static func offline<Value: Sendable>(
        _ directory: String, _ body: (KeyDesk) async throws -> Value
    ) async throws -> Value {
        let store = try await open(directory)
        do {
            let value = try await body(.store(store))
            await store.close()
            return value
        } catch {
            await store.close()
            throw error
        }
    }

    private static func open(_ directory: String) async throws -> SQLiteStore {
        do {
            return try await SQLiteStore.open(directory: directory)
        } catch {
            guard error.code == .locked else { throw error }
            throw CommandFailure(
                "\(error.message), but no server answers on \(directory)/admin.sock.",
                remedy: "Wait until it is ready, or end that process.")
        }
    }

    /// Makes a key: `id`, `key` (only here), `project`, `name`, `models`, `created_at`.
    /// - Parameter models: the models and routes that it may use; empty for all.
    func create(name: String, project: String, models: [String]) async throws -> JSON {
        switch self {
        case .server(let client):
            var body: JSONObject = ["name": .string(name), "project": .string(project)]
            if !models.isEmpty { body["models"] = .array(models.map { .string($0) }) }
            return try await client.post("/keys", .object(body))
        case .store(let store):
            let key = APIKey.make(
                project: project, name: name, models: models.isEmpty ? nil : models, at: Moments.nowMilliseconds)
            try await store.insert(key.record)
            var answer = Self.json(key.record).object ?? JSONObject()
            answer["key"] = .string(key.token)
            return .object(answer)
        }
    }

    /// All keys, without their secrets.
    func list() async throws -> [JSON] {
        switch self {
        case .server(let client): try await client.list("/keys")
        case .store(let store): try await store.keys().map(Self.json)
        }
    }

    /// Revokes a key; throws when there is none.
    func revoke(_ id: String) async throws {
        switch self {
        case .server(let client): _ = try await client.delete("/keys/\(Endpoint.escaped(id))")
        case .store(let store):
            guard try await store.revokeKey(id, at: Moments.nowMilliseconds) else {
                throw CommandFailure("There is no key \(id).")
            }
        }
    }

    private static func json(_ record: KeyRecord) -> JSON {
        [
            "id": .string(record.id), "object": "key", "project": .string(record.project),
            "name": .string(record.name),
            "models": record.models.map { .array($0.map { .string($0) }) } ?? .null,
            "created_at": .integer(record.createdAt / 1_000),
            "revoked_at": record.revokedAt.map { .integer($0 / 1_000) } ?? .null,
        ]
    }
}
