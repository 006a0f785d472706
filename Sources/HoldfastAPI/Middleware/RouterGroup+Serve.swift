import HTTPTypes
import Hummingbird

extension RouterGroup<APIContext> {
    /// Serves a route with a handler that runs in a task of its own.
    ///
    /// A task keeps the memory of its deepest call until it ends, and a connection's task lives as long as the
    /// connection: an idle stream would hold what opening it once needed.
    func serve(
        _ method: HTTPRequest.Method, _ path: RouterPath,
        _ handler: @escaping @Sendable (Request, APIContext) async throws -> Response
    ) {
        on(path, method: method) { request, context in
            try await withThrowingTaskGroup(of: Response.self) { group in
                group.addTask { try await handler(request, context) }
                return try await group.next()!
            }
        }
    }
}
