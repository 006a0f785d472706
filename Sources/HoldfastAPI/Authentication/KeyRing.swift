public import HoldfastCore
public import HoldfastStore
import Synchronization

/// Who sends a request.
public struct Identity: Sendable, Equatable {
    /// Whose things the request may see.
    public var project: String
    /// The key's id; `local` for the local socket.
    public var key: String
    /// What the key and its project may use; `nil` for everything.
    public var models: ModelAllowance?
}

/// All keys, in memory: they are few, and every request needs one.
public final class KeyRing: Sendable {
    private let store: any KeyStore
    private let keys: Mutex<[String: KeyRecord]>
    /// By project, the models and routes that it may use; the others may use all.
    private let projects: [String: [String]]

    /// Reads all keys.
    /// - Parameter projects: the projects that are limited to some models, with their names and patterns.
    public init(store: any KeyStore, projects: [String: [String]] = [:]) async throws(StoreError) {
        self.store = store
        self.projects = projects
        var keys: [String: KeyRecord] = [:]
        for key in try await store.keys() { keys[key.id] = key }
        self.keys = Mutex(keys)
    }

    /// All keys of a project, oldest first, revoked ones included.
    public func keys(project: String?) -> [KeyRecord] {
        keys.withLock { $0.values.filter { project == nil || $0.project == project } }
            .sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
    }

    /// Adds a key durably.
    public func insert(_ key: KeyRecord) async throws(StoreError) {
        try await store.insert(key)
        keys.withLock { $0[key.id] = key }
    }

    /// Revokes a key durably; `false` when there is none.
    public func revoke(_ id: String, at time: Milliseconds) async throws(StoreError) -> Bool {
        guard try await store.revokeKey(id, at: time) else { return false }
        keys.withLock { keys in
            if keys[id]?.revokedAt == nil { keys[id]?.revokedAt = time }
        }
        return true
    }

    /// Who a token belongs to; `nil` when it is none or was revoked. The time it takes does not depend on the secret.
    func identity(of token: some StringProtocol) -> Identity? {
        guard let (id, digest) = APIKey.parse(token) else { return nil }
        guard let key = keys.withLock({ $0[id] }), key.revokedAt == nil, isEqual(key.digest, digest) else { return nil }
        return Identity(
            project: key.project, key: key.id, models: ModelAllowance(key: key.models, project: projects[key.project]))
    }

    /// Compares in constant time.
    private func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count && zip(left, right).reduce(into: UInt8(0)) { $0 |= $1.0 ^ $1.1 } == 0
    }
}
