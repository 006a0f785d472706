import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOHTTP1

/// How a request shows who sends it.
enum Authorization: Sendable {
    case none
    case bearer(Secret)
    /// The key in a header field of its own.
    case header(String, Secret)
    /// AWS Signature Version 4.
    case signature(SigV4Signer)

    /// Adds what the provider wants to see to a request that is otherwise complete.
    func apply(to request: inout HTTPClientRequest, at endpoint: Endpoint, body: ByteBuffer) {
        switch self {
        case .none: break
        case .bearer(let key): request.headers.add(name: "authorization", value: "Bearer \(key.value)")
        case .header(let name, let key): request.headers.add(name: name, value: key.value)
        case .signature(let signer):
            request.headers.add(name: "host", value: endpoint.host)
            let signed = SigV4Signer.Request(
                path: endpoint.path(of: request.url),
                fields: request.headers.filter { ["content-type", "host"].contains($0.name) }
                    .map { (name: $0.name, value: $0.value) },
                body: Array(body.readableBytesView))
            let time = AWSTime(seconds: Int(Date().timeIntervalSince1970))
            for (name, value) in signer.fields(for: signed, at: time) { request.headers.add(name: name, value: value) }
        }
    }

    /// A text without the secrets in it.
    func redacted(_ text: String) -> String {
        switch self {
        case .none: text
        case .bearer(let key), .header(_, let key): key.redacted(from: text)
        case .signature(let signer): signer.credentials.redacted(text)
        }
    }

    var isPresent: Bool { if case .none = self { false } else { true } }
}
