import HTTPTypes
import HoldfastCore
import HoldfastStore
import Hummingbird

/// `/chat/completions/{id}`: the completions that were kept.
struct StoredCompletionRoutes: Sendable {
    let services: APIServices

    func add(to group: RouterGroup<APIContext>) {
        group.serve(.get, "chat/completions", list)
        group.serve(.get, "chat/completions/:completion_id", retrieve)
        group.serve(.post, "chat/completions/:completion_id", update)
        group.serve(.delete, "chat/completions/:completion_id", delete)
        group.serve(.get, "chat/completions/:completion_id/messages", messages)
    }

    private func completions(_ context: APIContext) -> StoredCompletions {
        StoredCompletions(services: services, project: context.project)
    }

    private func find(_ context: APIContext) async throws -> StoredCompletion {
        try await completions(context).find(context.parameters.require("completion_id"))
    }

    @Sendable private func list(_ request: Request, _ context: APIContext) async throws -> Response {
        let query = Query(request)
        // Oldest first is this list's default, unlike that of the others.
        var page = try ListQuery(request, services.limits)
        page.isAscending = query["order"] != "desc"
        let found = try await completions(context).list(
            model: query["model"],
            metadata: query.metadata.map { SessionHead.MetadataPair(key: $0.key, value: $0.value) }, page)
        return .list(found) { $0.id }
    }

    @Sendable private func retrieve(_ request: Request, _ context: APIContext) async throws -> Response {
        .json(try await find(context))
    }

    @Sendable private func update(_ request: Request, _ context: APIContext) async throws -> Response {
        let completion = try await find(context)
        let (fields, _) = try await request.fields(services.limits)
        guard fields.has("metadata") else { throw APIError.missing("metadata") }
        let metadata = try fields.metadata(services.limits) ?? [:]
        return .json(try await completions(context).update(completion, metadata: metadata))
    }

    @Sendable private func delete(_ request: Request, _ context: APIContext) async throws -> Response {
        let completion = try await find(context)
        try await completions(context).delete(completion)
        return .json(["id": .string(completion.id), "object": "chat.completion.deleted", "deleted": true] as JSON)
    }

    @Sendable private func messages(_ request: Request, _ context: APIContext) async throws -> Response {
        let completion = try await find(context)
        let messages = completion.messages.enumerated().map { index, message in
            StoredMessage(id: "\(completion.id)-\(index)", message: message.object ?? [:])
        }
        var query = try ListQuery(request, services.limits)
        query.isAscending = Query(request)["order"] != "desc"
        return .list(try query.page(of: messages, id: \.id)) { $0.id }
    }
}

/// A message of a kept request (`ChatCompletionStoreMessage` of the `openai` package).
private struct StoredMessage: JSONWritable {
    let id: String
    let message: JSONObject

    func write(to writer: inout JSONWriter) {
        let parts = message["content"]?.array
        writer.object { writer in
            writer.member("id", id)
            for member in message.members where member.name != "id" && member.name != "content" {
                writer.name(escaping: member.name)
                writer.value(member.value)
            }
            let texts = parts?.compactMap { $0["text"]?.string }.joined(separator: "\n")
            writer.member("content", texts.map { .string($0) } ?? message["content"] ?? .null)
            if message["refusal"] == nil { writer.member("refusal", JSON.null) }
            writer.member("content_parts", parts.map { JSON.array($0) } ?? JSON.null)
        }
    }
}
