import Crypto
import FoundationEssentials

/// Signs requests as AWS Signature Version 4 wants it (the algorithm `AWS4-HMAC-SHA256`, with the body's hash).
struct SigV4Signer: Sendable {
    var credentials: AWSCredentials
    var region: String
    /// The service's signing name, such as `bedrock`.
    var service: String

    /// A request as far as it is signed.
    struct Request {
        var method = "POST"
        /// The path as it is sent, percent-encoded.
        var path: String
        /// Names and values as they are sent, percent-encoded.
        var query: [(name: String, value: String)] = []
        /// Name in lower case, value.
        var fields: [(name: String, value: String)]
        var body: [UInt8]
    }

    /// The fields to add to a request: the time, a session token, and the signature.
    func fields(for request: Request, at time: AWSTime) -> [(String, String)] {
        var added = [("x-amz-date", time.stamp)]
        if let token = credentials.sessionToken { added.append(("x-amz-security-token", token.value)) }
        let signed = (request.fields + added.map { (name: $0.0, value: $0.1) }).sorted { $0.name < $1.name }
        let names = signed.map(\.name).joined(separator: ";")
        let canonical = [
            request.method, Self.encodedPath(request.path), Self.encoded(request.query),
            signed.map { "\($0.name):\(Self.trimmed($0.value))\n" }.joined(), names,
            Self.hex(SHA256.hash(data: request.body)),
        ].joined(separator: "\n")
        let scope = "\(time.day)/\(region)/\(service)/aws4_request"
        let digest = Self.hex(SHA256.hash(data: Array(canonical.utf8)))
        let text = "AWS4-HMAC-SHA256\n\(time.stamp)\n\(scope)\n\(digest)"
        let signature = Self.hex(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key(time.day)))
        let value =
            "AWS4-HMAC-SHA256 Credential=\(credentials.accessKey)/\(scope), SignedHeaders=\(names), Signature=\(signature)"
        return added + [("authorization", value)]
    }

    private func key(_ day: String) -> SymmetricKey {
        var key = SymmetricKey(data: Array("AWS4\(credentials.secretKey.value)".utf8))
        for part in [day, region, service, "aws4_request"] {
            key = SymmetricKey(data: HMAC<SHA256>.authenticationCode(for: Array(part.utf8), using: key))
        }
        return key
    }

    /// The path is encoded once more, `%` included; AWS does so for all services but S3.
    private static func encodedPath(_ path: String) -> String {
        path.isEmpty ? "/" : PercentEncoding.encoded(path, keeping: [0x2F])
    }

    private static func encoded(_ query: [(name: String, value: String)]) -> String {
        query.sorted { ($0.name, $0.value) < ($1.name, $1.value) }.map { "\($0.name)=\($0.value)" }.joined(
            separator: "&")
    }

    /// Without spaces at the ends, and with single ones inside.
    private static func trimmed(_ value: String) -> String { value.split(separator: " ").joined(separator: " ") }

    private static func hex(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined()
    }
}
