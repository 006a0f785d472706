import Crypto
public import HoldfastCore
public import HoldfastStore

/// A key for the API: `hf_<id>_<secret>`, of which only the secret's SHA-256 is stored. The secret has 256 random bits,
/// so a fast hash is enough.
public struct APIKey: Sendable {
    /// What is stored.
    public let record: KeyRecord
    /// What the client sends; shown once.
    public let token: String

    /// Makes a new key.
    /// - Parameter models: what it may use, see `KeyRecord.models`.
    public static func make(
        project: String, name: String, models: [String]? = nil, at time: Milliseconds
    ) -> APIKey {
        var generator = SystemRandomNumberGenerator()
        let id = Base32.random(12, using: &generator)
        let secret = Base32.random(52, using: &generator)
        let record = KeyRecord(
            id: id, project: project, name: name, digest: digest(of: secret), createdAt: time, models: models)
        return APIKey(record: record, token: "hf_\(id)_\(secret)")
    }

    /// The id and the secret's digest of a token; `nil` when it has not the form of one.
    static func parse(_ token: some StringProtocol) -> (id: String, digest: [UInt8])? {
        let pieces = token.split(separator: "_", maxSplits: 2, omittingEmptySubsequences: false)
        guard pieces.count == 3, pieces[0] == "hf", !pieces[1].isEmpty, pieces[2].utf8.count <= 128 else { return nil }
        return (String(pieces[1]), digest(of: pieces[2]))
    }

    private static func digest(of secret: some StringProtocol) -> [UInt8] {
        Array(SHA256.hash(data: Array(secret.utf8)))
    }
}
