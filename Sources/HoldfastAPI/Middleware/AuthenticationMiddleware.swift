import HTTPTypes
import Hummingbird

/// How a listener knows who asks.
public enum Authenticator: Sendable {
    /// By the key in the `Authorization` header.
    case keys(KeyRing)
    /// Whoever can open the local socket is the owner of this project.
    case local(project: String)
}

/// Lets nobody in without a key.
struct AuthenticationMiddleware: RouterMiddleware {
    let authenticator: Authenticator

    @concurrent func handle(
        _ request: Request, context: APIContext, next: @concurrent (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.identity = try authenticator.identity(request.headers)
        return try await next(request, context)
    }
}

extension Authenticator {
    /// Who asks.
    func identity(_ headers: HTTPFields) throws(APIError) -> Identity {
        switch self {
        case .local(let project): Identity(project: project, key: "local")
        case .keys(let ring): try Self.identity(headers, ring)
        }
    }

    private static func identity(_ headers: HTTPFields, _ ring: KeyRing) throws(APIError) -> Identity {
        guard let header = headers[.authorization] else {
            throw APIError(
                .unauthorized, type: "authentication_error", code: "missing_api_key",
                "No API key was provided. Send it as 'Authorization: Bearer hf_…'.")
        }
        guard header.prefix(7).lowercased() == "bearer ",
            let identity = ring.identity(of: header.dropFirst(7).drop { $0 == " " })
        else {
            throw APIError(
                .unauthorized, type: "authentication_error", code: "invalid_api_key",
                "The API key is not valid. 'holdfast keys create' makes a new one.")
        }
        return identity
    }
}
