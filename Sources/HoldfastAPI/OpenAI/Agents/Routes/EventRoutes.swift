import Crypto
import HTTPTypes
import HoldfastCore
import HoldfastRuntime
import HoldfastStore
import Hummingbird

/// `/agents/sessions/{id}/events`: what clients send, and the stream of what happens.
struct EventRoutes: Sendable {
    let services: APIServices

    func add(to group: RouterGroup<APIContext>) {
        group.serve(.post, "agents/sessions/:session_id/events", create)
        group.serve(.get, "agents/sessions/:session_id/events", stream)
    }

    @Sendable private func create(_ request: Request, _ context: APIContext) async throws -> Response {
        let id = try context.parameters.require("session_id")
        let (fields, bytes) = try await request.fields(services.limits)
        let events = try InputEvents(limits: services.limits).read(fields)
        if context.identity?.models != nil {
            let model = try await services.session(id, context.project).agent.model
            guard context.mayUse(model) else { throw APIError.modelNotAllowed(model) }
        }
        let key = try key(request, bytes)
        do throws(SubmitError) {
            _ = try await services.runtime.submit(
                .input(events), to: id, project: context.project, idempotency: key)
        } catch {
            throw APIError(error, session: id)
        }
        return Response(status: .accepted)
    }

    private func key(_ request: Request, _ bytes: [UInt8]) throws(APIError) -> IdempotencyRecord? {
        guard let key = request.headers[.init("idempotency-key")!], !key.isEmpty else { return nil }
        guard key.utf8.count <= services.limits.identifier else {
            throw .invalid(
                "Idempotency-Key", "The Idempotency-Key is longer than \(services.limits.identifier) bytes.",
                code: "string_above_max_length")
        }
        return IdempotencyRecord(key: key, fingerprint: Array(SHA256.hash(data: bytes)))
    }

    @Sendable private func stream(_ request: Request, _ context: APIContext) async throws -> Response {
        let id = try context.parameters.require("session_id")
        let query = Query(request)
        let isObfuscated = try query.flag("include_obfuscation") ?? true
        return try await open(id, from: try start(request), isObfuscated: isObfuscated, request, context)
    }

    private func start(_ request: Request) throws(APIError) -> StreamStart {
        let query = Query(request)
        let after = query["after"] ?? request.headers[.init("last-event-id")!]
        switch after {
        case nil, "": return .live
        case "0": return .beginning
        case let id?:
            guard id.utf8.count <= services.limits.identifier else {
                throw .invalid("after", "The event id is too long.", code: "unknown_event")
            }
            return .after(eventID: id)
        }
    }

    /// Opens a stream and answers with it.
    func open(
        _ session: String, from start: StreamStart, isObfuscated: Bool, _ request: Request, _ context: APIContext
    ) async throws -> Response {
        try services.checkStreamCount(context.project)
        do throws(StreamError) {
            let stream = try await services.runtime.stream(
                session: session, project: context.project, from: start, owner: context.identity?.key ?? "")
            return EventStreamResponse(stream: stream, isObfuscated: isObfuscated)
                .response(to: context)
        } catch {
            throw APIError(error, session: session)
        }
    }
}
