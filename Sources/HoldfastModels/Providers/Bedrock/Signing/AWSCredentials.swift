/// The keys with which requests to AWS are signed.
struct AWSCredentials: Sendable {
    var accessKey: String
    var secretKey: Secret
    /// Of temporary keys.
    var sessionToken: Secret?
}

extension AWSCredentials {
    /// A text without the secrets in it.
    func redacted(_ text: String) -> String {
        let text = secretKey.redacted(from: text)
        return sessionToken?.redacted(from: text) ?? text
    }
}
