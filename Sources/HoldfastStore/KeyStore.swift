public import HoldfastCore

/// An API key, without its secret.
public struct KeyRecord: Sendable, Equatable {
    /// The part between `hf_` and the secret.
    public var id: String
    public var project: String
    public var name: String
    /// SHA-256 of the secret.
    public var digest: [UInt8]
    public var createdAt: Milliseconds
    public var revokedAt: Milliseconds?
    /// The models and routes that the key may use: names, or prefixes that end with `*`; `nil` for all.
    public var models: [String]?

    public init(
        id: String, project: String, name: String, digest: [UInt8], createdAt: Milliseconds,
        revokedAt: Milliseconds? = nil, models: [String]? = nil
    ) {
        self.id = id
        self.project = project
        self.name = name
        self.digest = digest
        self.createdAt = createdAt
        self.revokedAt = revokedAt
        self.models = models
    }
}

/// API keys. Few, and read at every request, so the server keeps them in memory.
public protocol KeyStore: Sendable {
    func insert(_ key: KeyRecord) async throws(StoreError)

    /// All keys in the order of creation, revoked ones included.
    func keys() async throws(StoreError) -> [KeyRecord]

    /// Marks a key as revoked; `false` when there is none. Revoking twice keeps the first time.
    func revokeKey(_ id: String, at time: Milliseconds) async throws(StoreError) -> Bool
}

/// Everything that the server stores.
public protocol Store: JournalStore, SessionCatalog, AgentStore, KeyStore, UsageStore {}
