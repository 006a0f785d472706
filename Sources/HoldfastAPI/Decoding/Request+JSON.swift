import HTTPTypes
import HoldfastCore
import Hummingbird
import NIOCore

extension Request {
    /// The body as the members of a JSON object; an empty body has none.
    func fields(_ limits: Limits) async throws(APIError) -> (fields: Fields, bytes: [UInt8]) {
        let bytes = try await bodyBytes(limits)
        return (try Self.fields(of: bytes, limits), bytes)
    }

    /// A body that was read already, as the members of a JSON object.
    static func fields(of bytes: [UInt8], _ limits: Limits) throws(APIError) -> Fields {
        guard !bytes.isEmpty else { return Fields([:]) }
        let options = JSONParser.Options(maximumDepth: limits.requestDepth, rejectsNUL: true)
        let json: JSON
        do throws(JSONParseError) {
            json = try JSONParser.parse(bytes, options: options)
        } catch {
            throw .invalid(nil, "The request body is not valid JSON: \(error).", code: "invalid_json")
        }
        guard let object = json.object else {
            throw .invalid(nil, "The request body must be a JSON object, not \(json.typeName).", code: "invalid_json")
        }
        return Fields(object)
    }

    /// The whole body.
    func bodyBytes(_ limits: Limits) async throws(APIError) -> [UInt8] {
        let tooLarge = APIError(
            .contentTooLarge, code: "request_too_large",
            "The request body is larger than the limit of \(limits.requestBody) bytes.")
        if let length = headers[.contentLength].flatMap(Int.init), length > limits.requestBody { throw tooLarge }
        do {
            return Array(buffer: try await body.collect(upTo: limits.requestBody))
        } catch is NIOTooManyBytesError {
            throw tooLarge
        } catch {
            throw .invalid(nil, "The request body could not be read.", code: "invalid_body")
        }
    }
}
