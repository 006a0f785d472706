import HTTPTypes
import HoldfastCore
import HoldfastModels
import HoldfastRuntime
import HoldfastStore
import Hummingbird

/// `/responses`: stored responses are turns of durable sessions, the others are made and forgotten.
struct ResponseRoutes: Sendable {
    let services: APIServices

    func add(to group: RouterGroup<APIContext>) {
        group.serve(.post, "responses", create)
        group.serve(.get, "responses", socketOnly)
        group.serve(.get, "responses/:response_id", retrieve)
        group.serve(.delete, "responses/:response_id", delete)
        group.serve(.post, "responses/:response_id/cancel", cancel)
        group.serve(.get, "responses/:response_id/input_items", inputItems)
    }

    /// A WebSocket's request does not come here, see `WebSocketUpgrade`.
    @Sendable private func socketOnly(_ request: Request, _ context: APIContext) async throws -> Response {
        throw APIError(
            HTTPResponse.Status(code: 426, reasonPhrase: "Upgrade Required"), code: "upgrade_required",
            "GET /responses serves WebSockets; a response is retrieved by its id.")
    }

    private func sessions(_ context: APIContext) -> ResponseSessions {
        ResponseSessions(services: services, identity: context.identity ?? Identity(project: "", key: ""))
    }

    @Sendable private func create(_ request: Request, _ context: APIContext) async throws -> Response {
        let bytes = try await request.bodyBytes(services.limits)
        if let envelope = InferenceEnvelope(unstoredResponse: bytes, limits: services.limits),
            let route = services.models.route(for: envelope.model),
            route.targets.allSatisfy({ $0.relay(for: .responses) != nil })
        {
            _ = try services.route(of: envelope, context)
            return try await InferencePassage(
                limits: services.limits, operation: .responses, envelope: envelope, translated: nil,
                book: InferenceBook(services, context, .responses, envelope), context: context
            ).response(route)
        }
        let fields = try Request.fields(of: bytes, services.limits)
        let call = try await ResponseCall(fields, sessions(context))
        guard call.request.isStored else { return try await ephemeral(call, context) }
        let accepted = try await call.accept()
        if call.request.isStreamed {
            return ResponseStream(events: accepted.events, isObfuscated: call.request.isObfuscated).response(context)
        }
        if call.request.isBackground {
            accepted.events.end()
            guard let resource = ResponseResource(accepted.state, turn: accepted.turn, isQueued: true) else {
                throw APIError.notFound("response", accepted.turn)
            }
            return .json(resource)
        }
        return try await answer(accepted, context)
    }

    /// Waits for the end of a stored response; it goes on when the client leaves.
    private func answer(_ accepted: ResponseSessions.Accepted, _ context: APIContext) async throws -> Response {
        RequestGuard.onLeave(of: context.channel) { accepted.events.end() }
        waiting: while true {
            if case .ended = try await accepted.events.nextStep() { break waiting }
        }
        guard accepted.events.isTerminated else {
            throw APIError(
                .serviceUnavailable, type: "server_error", code: "server_stopping",
                "The server is stopping; the response goes on when it is back.", retryAfter: 1)
        }
        let id = ResponseID(session: accepted.state.id, turn: accepted.turn).description
        let (_, response) = try await sessions(context).find(id)
        if response.turn.status == .failed, let error = response.turn.error {
            throw APIError(
                ModelError(ModelError.Code(rawValue: error.code) ?? .server, error.message, isRetryable: false))
        }
        return .json(response)
    }

    private func ephemeral(_ call: ResponseCall, _ context: APIContext) async throws -> Response {
        let response = try call.ephemeral()
        let models = sessions(context).models(request: "req_" + context.id)
        if call.request.isStreamed {
            return ResponseStream(
                events: ResponseEvents(
                    response, models: models, clock: services.runtime.clock, keepAlive: services.limits.streamKeepAlive),
                isObfuscated: call.request.isObfuscated
            ).response(context)
        }
        do {
            try await RequestGuard.whileConnected(context.channel) { try await response.run(models) { _ in } }
        } catch let error as ModelError {
            throw APIError(error)
        }
        guard let resource = ResponseResource(response.current, turn: response.turn) else {
            throw APIError.notFound("response", response.turn)
        }
        return .json(resource)
    }

    @Sendable private func retrieve(_ request: Request, _ context: APIContext) async throws -> Response {
        let id = try context.parameters.require("response_id")
        let (state, response) = try await sessions(context).find(id)
        let query = Query(request)
        let isObfuscated = try query.flag("include_obfuscation") ?? true
        guard try query.flag("stream") == true else { return .json(response) }
        var after = -1
        if let text = query["starting_after"] {
            guard let number = Int(text), number >= 0 else {
                throw APIError.invalid("starting_after", "'starting_after' must be the number of an event.")
            }
            after = number
        }
        let seq = Int64(response.turn.id.split(separator: "_").last ?? "") ?? 1
        let stream = try await services.stream(
            state.id, from: .at(seq: seq), project: context.project, owner: context.identity?.key ?? "")
        return ResponseStream(
            events: ResponseEvents(stored: stream, after: after), isObfuscated: isObfuscated
        ).response(context)
    }

    @Sendable private func delete(_ request: Request, _ context: APIContext) async throws -> Response {
        let id = try context.parameters.require("response_id")
        let (state, response) = try await sessions(context).find(id)
        _ = try await submit(.deleteResponse(response.turn.id), state.id, context)
        return .json(["id": .string(id), "object": "response", "deleted": true] as JSON)
    }

    @Sendable private func cancel(_ request: Request, _ context: APIContext) async throws -> Response {
        let id = try context.parameters.require("response_id")
        let (state, response) = try await sessions(context).find(id)
        guard response.turn.request?.isBackground == true else {
            throw APIError.invalid("response_id", "Only responses made with 'background' can be cancelled.")
        }
        switch response.turn.status {
        case .cancelled: return .json(response)
        case .completed, .failed:
            throw APIError.invalid("response_id", "The response has ended and cannot be cancelled.")
        case .active: break
        }
        let after = try await submit(.cancel(response.turn.id), state.id, context)
        guard let cancelled = ResponseResource(after, turn: response.turn.id) else {
            throw APIError.notFound("response", id)
        }
        return .json(cancelled)
    }

    @Sendable private func inputItems(_ request: Request, _ context: APIContext) async throws -> Response {
        let id = try context.parameters.require("response_id")
        let (_, response) = try await sessions(context).find(id)
        let page = try ListQuery(request, services.limits).page(of: response.input, id: \.id)
        return .list(page.map { ResponseItem(item: $0) }) { $0.item.id }
    }

    private func submit(_ command: SessionCommand, _ id: String, _ context: APIContext) async throws -> SessionState {
        do throws(SubmitError) {
            return try await services.runtime.submit(command, to: id, project: context.project)
        } catch {
            throw APIError(error, session: id)
        }
    }
}
