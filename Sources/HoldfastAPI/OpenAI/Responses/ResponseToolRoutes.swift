import HTTPTypes
import HoldfastCore
import HoldfastModels
import HoldfastRuntime
import Hummingbird

/// `/responses/input_tokens` and `/responses/compact`: what can be asked about a conversation without going on with it.
struct ResponseToolRoutes: Sendable {
    /// What the model is asked for to make a conversation shorter.
    private static let compaction = """
        Summarize the conversation so far for somebody who takes it over without having seen it: the goal, what was \
        decided and why, what was done, facts and names that will be needed, and what is still open. Write the summary \
        and nothing else.
        """

    let services: APIServices

    func add(to group: RouterGroup<APIContext>) {
        group.serve(.post, "responses/input_tokens", inputTokens)
        group.serve(.post, "responses/compact", compact)
    }

    @Sendable private func inputTokens(_ request: Request, _ context: APIContext) async throws -> Response {
        let response = try await prepare(request, context, needsModel: false)
        let count = TokenEstimate.tokens(of: Context.request(response.current))
        return .json(["object": "response.input_tokens", "input_tokens": .integer(Int64(count))] as JSON)
    }

    @Sendable private func compact(_ request: Request, _ context: APIContext) async throws -> Response {
        let response = try await prepare(request, context)
        var call = Context.request(response.current)
        call.context.append(.user([.text(Self.compaction)]))
        call.tools = []
        call.options = ModelOptions()
        let (models, due) = (sessions(context).models(request: "req_" + context.id), call)
        let answer: ModelAnswer
        do {
            answer = try await RequestGuard.whileConnected(context.channel) { try await models.call(due) { _ in } }
        } catch let error as ModelError {
            throw APIError(error)
        }
        return .json(
            CompactedResponse(
                id: services.newID("resp"), createdAt: services.runtime.clock.now() / 1_000,
                messages: response.current.conversation.filter { item in
                    if case .userMessage = item.body { true } else { false }
                }, compactionID: services.newID("cmp"), summary: answer.text, usage: answer.usage))
    }

    /// - Parameter needsModel: whether the model will be asked; else neither it nor an input need be named.
    private func prepare(
        _ request: Request, _ context: APIContext, needsModel: Bool = true
    ) async throws -> EphemeralResponse {
        var (fields, _) = try await request.fields(services.limits)
        var members = fields.object
        members["store"] = false
        members["background"] = nil
        members["stream"] = nil
        if !needsModel {
            members["model"] = .string(services.models.names.first(where: context.mayUse) ?? "")
            if fields.value("input") == nil { members["input"] = [] }
        }
        fields = Fields(members)
        return try await ResponseCall(fields, sessions(context)).ephemeral()
    }

    private func sessions(_ context: APIContext) -> ResponseSessions {
        ResponseSessions(services: services, identity: context.identity ?? Identity(project: "", key: ""))
    }
}

/// A conversation made shorter (`CompactedResponse` of the `openai` package): what the user said, and a summary of all.
private struct CompactedResponse: JSONWritable {
    let id: String
    let createdAt: Int64
    let messages: [Item]
    let compactionID: String
    let summary: String
    let usage: TokenUsage

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", id)
            writer.member("object", "response.compaction")
            writer.member("created_at", createdAt)
            writer.array("output") { writer in
                for message in messages { writer.value(ResponseItem(item: message)) }
                writer.object { writer in
                    writer.member("id", compactionID)
                    writer.member("type", "compaction")
                    writer.member("encrypted_content", ContextEntry.compactionPrefix + summary)
                }
            }
            writer.member("usage", ResponseUsage(usage: usage))
        }
    }
}

/// About how many tokens a model will count: a quarter of the bytes of everything that it reads. No tokenizer of any
/// provider is at hand; the usage of a response is what the provider counted.
enum TokenEstimate {
    private static let bytesPerToken = 4

    static func tokens(of request: ModelRequest) -> Int {
        var bytes = request.instructions?.utf8.count ?? 0
        for entry in request.context { bytes += size(of: entry) }
        for tool in request.tools {
            bytes += tool.name.utf8.count + tool.description.utf8.count + JSONWriter.bytes(tool.parameters).count
        }
        return (bytes + bytesPerToken - 1) / bytesPerToken
    }

    private static func size(of entry: ContextEntry) -> Int {
        switch entry {
        case .system(let text), .assistant(let text), .reasoning(let text, _): text.utf8.count
        case .user(let parts), .result(_, let parts): parts.reduce(0) { $0 + size(of: $1) }
        case .call(_, let name, let text), .customCall(_, let name, let text): name.utf8.count + text.utf8.count
        case .other(let item): JSONWriter.bytes(item).count
        }
    }

    private static func size(of part: ContentPart) -> Int {
        switch part {
        case .text(let text): text.utf8.count
        case .image: 0
        case .other(let part): JSONWriter.bytes(part).count
        }
    }
}
