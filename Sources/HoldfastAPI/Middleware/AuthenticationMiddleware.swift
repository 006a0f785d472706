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
        switch authenticator {
        case .local(let project): context.identity = Identity(project: project, key: "local")
        case .keys(let ring): context.identity = try Self.identity(request, ring)
        }
        return try await next(request, context)
    }

    private static func identity(_ request: Request, _ ring: KeyRing) throws(APIError) -> Identity {
        guard let header = request.headers[.authorization] else {
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
