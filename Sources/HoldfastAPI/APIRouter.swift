public import Hummingbird

/// All routes of the API, as a listener serves them.
public enum APIRouter {
    /// Builds the routes.
    /// - Parameter authenticator: how this listener knows who asks.
    public static func make(_ services: APIServices, authenticator: Authenticator) -> Router<APIContext> {
        let router = Router(context: APIContext.self)
        router.add(middleware: ErrorMiddleware())
        let operations = OperationRoutes(services: services)
        operations.add(to: router)
        OpenAPIRoutes(document: OpenAPIDocument(limits: services.limits)).add(to: router)
        operations.addMetrics(
            to: router.group("").add(middleware: AuthenticationMiddleware(authenticator: authenticator)))
        for prefix in ["v1", "openai/v1"] {
            let group = router.group(RouterPath(prefix)).add(
                middleware: AuthenticationMiddleware(authenticator: authenticator))
            AgentRoutes(services: services).add(to: group)
            SessionRoutes(services: services).add(to: group)
            EventRoutes(services: services).add(to: group)
            TurnRoutes(services: services).add(to: group)
            ModelRoutes(services: services).add(to: group)
            ResponseRoutes(services: services).add(to: group)
            ResponseToolRoutes(services: services).add(to: group)
            ConversationRoutes(services: services).add(to: group)
            StoredCompletionRoutes(services: services).add(to: group)
            ChatRoutes(services: services).add(to: group)
            EmbeddingRoutes(services: services).add(to: group)
            JournalRoutes(services: services).add(to: group)
            KeyRoutes(services: services, isLocal: authenticator.isLocal).add(to: group)
            UsageRoutes(services: services, isLocal: authenticator.isLocal).add(to: group)
            NotImplementedRoutes.add(to: group)
        }
        return router
    }

    /// Turns connections into the WebSockets of the API, see `ResponseSocket`.
    public static func sockets(_ services: APIServices, authenticator: Authenticator) -> WebSocketUpgrade {
        WebSocketUpgrade(limits: services.limits) { (request) throws(APIError) in
            guard ResponseSocket.paths.contains(String((request.path ?? "").prefix { $0 != "?" })) else { return nil }
            let socket = ResponseSocket(services: services, identity: try authenticator.identity(request.headerFields))
            return { connection in await services.sockets.count { await socket.serve(connection) } }
        }
    }
}

extension Authenticator {
    /// Whether whoever asks is the owner of the server.
    var isLocal: Bool {
        if case .local = self { true } else { false }
    }
}
