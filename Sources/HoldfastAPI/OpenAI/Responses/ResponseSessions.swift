import HTTPTypes
import HoldfastCore
import HoldfastRuntime
import HoldfastStore

/// Where a stored response happens: in a new session, behind the response that it continues, in a branch of that
/// response's session, or in a conversation.
struct ResponseSessions: Sendable {
    let services: APIServices
    let identity: Identity

    var project: String { identity.project }
    private var owner: String { identity.key }

    /// A response that was accepted and is durable.
    struct Accepted {
        let state: SessionState
        let turn: String
        /// Its events from the first one on.
        let events: ResponseEvents
    }

    /// The models, for calls outside of sessions.
    func models(request: String? = nil) -> MeteredModels {
        MeteredModels(services: services, identity: identity, request: request)
    }

    /// The response with this id and the session that it belongs to.
    /// - Throws: 404.
    func find(_ id: String) async throws -> (state: SessionState, response: ResponseResource) {
        guard id.utf8.count <= services.limits.identifier, let reference = ResponseID(id),
            let state = try await services.runtime.state(of: reference.session, project: project),
            let response = ResponseResource(state, turn: reference.turn)
        else { throw APIError.notFound("response", id) }
        return (state, response)
    }

    /// The session that a request continues, if any, and the turn behind which it does.
    func origin(of request: ResponseRequest) async throws -> (state: SessionState, after: String?)? {
        if let session = request.conversation {
            guard let state = try await services.runtime.state(of: session, project: project) else {
                var error = APIError.notFound("conversation", SessionName.conversation(session))
                error.param = "conversation"
                throw error
            }
            return (state, nil)
        }
        guard let previous = request.previous else { return nil }
        guard let (state, response) = try? await find(previous) else { throw APIError.previousResponse(previous) }
        guard response.turn.status != .active else {
            throw APIError.invalid(
                "previous_response_id", "The response '\(previous)' is still being made.", code: "response_in_progress")
        }
        return (state, response.turn.id)
    }

    /// Makes the request durable, which starts it.
    func accept(
        _ request: ResponseRequest, _ input: [Item.Body], in origin: (state: SessionState, after: String?)?
    ) async throws -> Accepted {
        guard let origin else { return try await begin(request, input, past: nil) }
        guard let after = origin.after else {
            return try await append(request, input, to: origin.state.id, after: nil)
        }
        if origin.state.isChain, origin.state.turns.last?.id == after {
            do {
                return try await append(request, input, to: origin.state.id, after: after)
            } catch SubmitError.refused(.continued), SubmitError.refused(.busy) {
                // Another request was faster: this one branches off.
            }
        }
        return try await begin(request, input, past: origin.state.past(through: after))
    }

    private func begin(_ request: ResponseRequest, _ input: [Item.Body], past: ItemsAdded?) async throws -> Accepted {
        try await services.checkSessionCount(project)
        let asked = request.request
        let agent = AgentDefinition(
            id: services.newID("agent"), model: asked.model, instructions: asked.instructions,
            tools: (asked.members["tools"]?.array ?? []).filter { $0["type"] == "function" },
            settings: AgentSettings.defaults)
        let session = services.newID("sess")
        let state: SessionState
        do throws(SubmitError) {
            state = try await services.runtime.create(
                session: session, SessionCreated(project: project, agent: agent, isChain: true),
                first: (past.map { [.branch($0)] } ?? []) + [.respond(asked, input, after: nil)])
        } catch {
            throw APIError(error, session: session)
        }
        let stream = try await services.stream(
            session, from: .at(seq: past == nil ? 2 : 3), project: project, owner: owner)
        return Accepted(state: state, turn: state.turns.last?.id ?? "", events: ResponseEvents(stored: stream))
    }

    private func append(
        _ request: ResponseRequest, _ input: [Item.Body], to session: String, after: String?
    ) async throws -> Accepted {
        // Followed before it begins, so that its first event is not missed.
        let stream = try await services.stream(session, from: .live, project: project, owner: owner)
        let state: SessionState
        do throws(SubmitError) {
            state = try await services.runtime.submit(
                .respond(request.request, input, after: after), to: session, project: project)
        } catch {
            if after != nil, case .refused(let refusal) = error, refusal == .continued || refusal == .busy {
                throw error
            }
            throw APIError(error, session: session)
        }
        return Accepted(state: state, turn: state.turns.last?.id ?? "", events: ResponseEvents(stored: stream))
    }
}

extension APIServices {
    /// Opens a stream of a session's responses.
    func stream(
        _ session: String, from start: StreamStart, project: String, owner: String
    ) async throws -> SessionStream {
        try checkStreamCount(project)
        do throws(StreamError) {
            return try await runtime.stream(
                session: session, project: project, from: start, owner: owner, dialect: .responses)
        } catch {
            throw APIError(error, session: session)
        }
    }

    /// Refuses one event stream more than a project may have.
    func checkStreamCount(_ project: String) throws(APIError) {
        guard runtime.fanout.count(project: project) >= limits.streamsPerProject else { return }
        throw APIError(
            .tooManyRequests, type: "rate_limit_error", code: "stream_limit_reached",
            "The project has \(limits.streamsPerProject) event streams open, the most it may have.", retryAfter: 5)
    }

    /// Refuses one session more than a project may have.
    func checkSessionCount(_ project: String) async throws {
        guard try await catalog.sessionCount(project: project) >= limits.sessionsPerProject else { return }
        throw APIError(
            .tooManyRequests, type: "rate_limit_error", code: "session_limit_reached",
            "The project has \(limits.sessionsPerProject) sessions, the most it may have. Delete some.")
    }
}

extension APIError {
    /// What a stream that cannot be opened means to a client.
    init(_ error: StreamError, session: String) {
        switch error {
        case .notFound: self = .notFound("session", session)
        case .unknownEvent(let id):
            self = .invalid("after", "The session has no event '\(id.prefix(80))'.", code: "unknown_event")
        case .store(let error): self.init(error)
        }
    }

    /// There is no response to continue.
    static func previousResponse(_ id: String) -> APIError {
        .invalid(
            "previous_response_id", "Previous response with id '\(id.prefix(80))' not found.",
            code: "previous_response_not_found")
    }
}
