import HTTPTypes
import HoldfastCore
public import Hummingbird
import NIOCore

/// An answer in OpenAI's error envelope: `{"error": {"message", "type", "param", "code"}}`.
public struct APIError: Error, Sendable, Equatable {
    public var status: HTTPResponse.Status
    /// `invalid_request_error`, `authentication_error`, `rate_limit_error`, `server_error`.
    public var type: String
    /// A stable name; each has a page in `docs/errors`.
    public var code: String?
    /// The request member that is wrong, as a path such as `events[1].call_id`.
    public var param: String?
    /// What happened and what to do, for a person.
    public var message: String
    /// Seconds after which to try again.
    public var retryAfter: Int?
    /// Further header fields of the response.
    var headers: HTTPFields = [:]

    public init(
        _ status: HTTPResponse.Status, type: String = "invalid_request_error", code: String?, param: String? = nil,
        _ message: String, retryAfter: Int? = nil
    ) {
        self.status = status
        self.type = type
        self.code = code
        self.param = param
        self.message = message
        self.retryAfter = retryAfter
    }

    /// The envelope.
    var body: [UInt8] { JSONWriter.bytes(Envelope(error: self)) }

    /// The response that tells it.
    public func response() -> Response {
        var headers = headers
        headers[.contentType] = "application/json"
        if let retryAfter { headers[.retryAfter] = String(retryAfter) }
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: body)))
    }

    private struct Envelope: JSONWritable {
        let error: APIError

        func write(to writer: inout JSONWriter) {
            writer.object { writer in
                writer.object("error") { writer in
                    writer.member("message", error.message)
                    writer.member("type", error.type)
                    writer.member("param", error.param)
                    writer.member("code", error.code)
                }
            }
        }
    }
}

extension APIError {
    /// A member of the request is wrong.
    static func invalid(_ param: String?, _ message: String, code: String = "invalid_value") -> APIError {
        APIError(.badRequest, code: code, param: param, message)
    }

    /// A required member is missing.
    static func missing(_ param: String) -> APIError {
        APIError(
            .badRequest, code: "missing_required_parameter", param: param, "Missing required parameter: '\(param)'.")
    }

    /// There is no such thing in the key's project.
    static func notFound(_ what: String, _ id: String) -> APIError {
        let shown = id.count > 64 ? String(id.prefix(64)) + "…" : id
        return APIError(.notFound, code: "not_found", "No \(what) found with id '\(shown)'.")
    }

    /// Something of the contract that this release does not have.
    static func notImplemented(_ message: String, param: String? = nil) -> APIError {
        APIError(.notImplemented, code: "not_implemented", param: param, message)
    }

    /// A setting of the contract that this release does not have: refused by name, never ignored.
    static func unsupported(_ param: String, _ message: String) -> APIError {
        APIError(.badRequest, code: "not_implemented", param: param, message)
    }
}
