import HTTPTypes
import HoldfastCore
import HoldfastRuntime
import HoldfastStore

/// Chat completions that their client asked to keep (`store`): each is a session with one item, which holds the messages
/// of the request and the completion.
struct StoredCompletions: Sendable {
    /// The agent of all such sessions, so that they can be listed.
    private static let agent = "agent_chat_completions"
    private static let prefix = "chatcmpl_"
    private static let itemType = "chat.completion"

    let services: APIServices
    let project: String

    /// Keeps a completion; it is durable when this returns.
    /// - Parameters:
    ///   - id: the completion's id, of which the session's is made.
    ///   - request: the members of the request.
    ///   - completion: what the client gets.
    func keep(_ id: String, request: JSONObject, completion: some JSONWritable) async throws {
        guard let completion = try? JSONParser.parse(JSONWriter.bytes(completion)).object else { return }
        let kept: JSONObject = [
            "type": .string(Self.itemType), "messages": request["messages"] ?? [], "completion": .object(completion),
        ]
        try await services.checkSessionCount(project)
        let session = Self.session(id)
        do throws(SubmitError) {
            _ = try await services.runtime.create(
                session: session,
                SessionCreated(
                    project: project,
                    agent: AgentDefinition(
                        id: Self.agent, model: request["model"]?.string ?? "", settings: AgentSettings.defaults),
                    metadata: request["metadata"]?.object ?? [:]),
                first: [.addItems([.other(kept)])])
        } catch {
            throw APIError(error, session: session)
        }
    }

    /// A kept completion.
    /// - Throws: 404.
    func find(_ id: String) async throws -> StoredCompletion {
        guard id.hasPrefix(Self.prefix), id.utf8.count <= services.limits.identifier,
            let state = try await services.runtime.state(of: Self.session(id), project: project),
            let found = StoredCompletion(id: id, state)
        else { throw APIError.notFound("chat completion", id) }
        return found
    }

    /// Kept completions of a model, or of all, with this metadata.
    func list(
        model: String?, metadata: [SessionHead.MetadataPair], _ query: ListQuery
    ) async throws -> Page<StoredCompletion> {
        var found: [StoredCompletion] = []
        var position = query
        position.after = query.after.map(Self.session)
        while true {
            let page = try await services.catalog.sessions(
                project: project, agent: Self.agent, metadata: metadata, query: position)
            guard let page else { throw APIError.invalid("after", "'after' names no stored chat completion.") }
            for row in page.entries {
                let id = Self.prefix + row.id.dropFirst(SessionName.prefix.count)
                guard let state = try await services.runtime.state(of: row.id, project: project),
                    let completion = StoredCompletion(id: id, state), model == nil || model == state.agent.model
                else { continue }
                if found.count == query.limit { return Page(entries: found, hasMore: true) }
                found.append(completion)
            }
            guard page.hasMore, let last = page.entries.last else { return Page(entries: found, hasMore: false) }
            position.after = last.id
        }
    }

    /// Changes the metadata.
    func update(_ completion: StoredCompletion, metadata: JSONObject) async throws -> StoredCompletion {
        let state = try await submit(.update(SessionUpdated(metadata: metadata)), completion)
        guard let updated = StoredCompletion(id: completion.id, state) else {
            throw APIError.notFound("chat completion", completion.id)
        }
        return updated
    }

    func delete(_ completion: StoredCompletion) async throws { _ = try await submit(.delete, completion) }

    private func submit(_ command: SessionCommand, _ completion: StoredCompletion) async throws -> SessionState {
        let session = Self.session(completion.id)
        do throws(SubmitError) {
            return try await services.runtime.submit(command, to: session, project: project)
        } catch {
            throw APIError(error, session: session)
        }
    }

    private static func session(_ id: String) -> String { SessionName.prefix + id.dropFirst(prefix.count) }
}

/// A kept completion.
struct StoredCompletion: JSONWritable {
    let id: String
    let messages: [JSON]
    private let completion: JSONObject
    private let metadata: JSONObject

    fileprivate init?(id: String, _ state: SessionState) {
        guard case .other(let kept)? = state.items.first?.body, kept["type"] == "chat.completion",
            let completion = kept["completion"]?.object
        else { return nil }
        self.id = id
        self.completion = completion
        messages = kept["messages"]?.array ?? []
        metadata = state.metadata
    }

    func write(to writer: inout JSONWriter) {
        var shown = completion
        shown["metadata"] = .object(metadata)
        shown.write(to: &writer)
    }
}
