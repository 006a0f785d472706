import HTTPTypes
import HoldfastRuntime
import HoldfastStore
import Hummingbird
import Logging

/// Gives every request an id, and every failure OpenAI's envelope.
struct ErrorMiddleware: RouterMiddleware {
    static let requestID = HTTPField.Name("x-request-id")!

    @concurrent func handle(
        _ request: Request, context: APIContext, next: @concurrent (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        let id = "req_" + context.id
        let start = ContinuousClock.now
        var response: Response
        do {
            response = try await next(request, context)
        } catch let error as APIError {
            response = error.response()
        } catch let error as StoreError {
            if error.code != .full { context.logger.error("storage", metadata: ["error": "\(error)"]) }
            response = APIError(error).response()
        } catch let error as any HTTPResponseError {
            response = Self.envelope(error.status, request).response()
        } catch is CancellationError {
            response = APIError(
                .serviceUnavailable, type: "server_error", code: "server_stopping", "The server is stopping."
            ).response()
        } catch {
            context.logger.error("a request failed", metadata: ["error": "\(error)", "path": "\(request.uri.path)"])
            response = APIError(
                .internalServerError, type: "server_error", code: "internal_error",
                "The server failed to handle the request; the log has more under \(id)."
            ).response()
        }
        response.headers[Self.requestID] = id
        Self.log(request, response, id, took: ContinuousClock.now - start, context)
        return response
    }

    /// A line for each request: refused ones at level info, failed ones as warnings, the others for debugging.
    private static func log(
        _ request: Request, _ response: Response, _ id: String, took time: Duration, _ context: APIContext
    ) {
        let level: Logger.Level =
            switch response.status.code {
            case 500...: .warning
            case 400...: .info
            default: .debug
            }
        guard context.logger.logLevel <= level else { return }
        var metadata: Logger.Metadata = [
            "request": "\(id)", "method": "\(request.method)", "path": "\(request.uri.path.prefix(200))",
            "status": "\(response.status.code)", "ms": "\(time / .milliseconds(1))",
        ]
        if let session = context.parameters.get("session_id") { metadata["session"] = "\(session.prefix(64))" }
        context.logger.log(level: level, "request", metadata: metadata)
    }

    private static func envelope(_ status: HTTPResponse.Status, _ request: Request) -> APIError {
        switch status {
        case .notFound:
            APIError(
                .notFound, code: "unknown_url",
                "Unknown request URL: \(request.method) \(request.uri.path.prefix(200)).")
        case .contentTooLarge:
            APIError(.contentTooLarge, code: "request_too_large", "The request body is too large.")
        case let status where status.code < 500:
            APIError(status, code: "invalid_request", "The request is not valid: \(status.reasonPhrase).")
        default:
            APIError(status, type: "server_error", code: "internal_error", "The server failed to handle the request.")
        }
    }
}
