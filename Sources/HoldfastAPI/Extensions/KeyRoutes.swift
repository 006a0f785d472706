import HTTPTypes
import HoldfastCore
import HoldfastRuntime
import HoldfastStore
import Hummingbird

/// `/keys`: the project's API keys. On the local socket: those of all projects.
struct KeyRoutes: Sendable {
    let services: APIServices
    let isLocal: Bool

    func add(to group: RouterGroup<APIContext>) {
        group.serve(.get, "keys", list)
        group.serve(.post, "keys", create)
        group.serve(.delete, "keys/:key_id", revoke)
    }

    @Sendable private func list(_ request: Request, _ context: APIContext) async throws -> Response {
        let keys = services.keys.keys(project: isLocal ? nil : context.project)
        return .list(Page(entries: keys.map { KeyResource(key: $0) }, hasMore: false)) { $0.key.id }
    }

    @Sendable private func create(_ request: Request, _ context: APIContext) async throws -> Response {
        let (fields, _) = try await request.fields(services.limits)
        let name = try fields.string("name", limit: services.limits.identifier) ?? ""
        let project = try fields.string("project", limit: 64) ?? context.project
        guard isLocal || project == context.project else {
            throw APIError(
                .forbidden, code: "forbidden", param: "project", "A key can only make keys of its own project.")
        }
        guard !project.isEmpty, project.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw APIError.invalid("project", "A project's name has only visible ASCII characters.")
        }
        let models = try models(fields, context)
        let key = APIKey.make(project: project, name: name, models: models, at: services.runtime.clock.now())
        try await services.keys.insert(key.record)
        return .json(KeyResource(key: key.record, token: key.token))
    }

    /// The models that the new key may use: none that the one who makes it may not.
    private func models(_ fields: Fields, _ context: APIContext) throws(APIError) -> [String]? {
        guard fields.value("models") != nil else {
            guard context.identity?.models == nil else {
                throw .invalid("models", "A key that is limited to some models can only make keys with 'models'.")
            }
            return nil
        }
        guard let models = fields.value("models")?.array?.compactMap(\.string), !models.isEmpty,
            models.count == fields.value("models")?.array?.count, models.count <= services.limits.pageSize,
            models.allSatisfy({ $0.utf8.count <= services.limits.identifier && !$0.dropLast().contains("*") })
        else {
            throw .invalid("models", "'models' must be a list of names, each with at most one '*', at its end.")
        }
        for model in models where !context.mayUse(model) { throw .modelNotAllowed(model, param: "models") }
        return models
    }

    @Sendable private func revoke(_ request: Request, _ context: APIContext) async throws -> Response {
        let id = try context.parameters.require("key_id")
        guard services.keys.keys(project: isLocal ? nil : context.project).contains(where: { $0.id == id }),
            try await services.keys.revoke(id, at: services.runtime.clock.now())
        else { throw APIError.notFound("key", id) }
        services.runtime.fanout.end(owner: id)
        return .json(["id": .string(id), "object": "key.deleted", "deleted": true] as JSON)
    }
}

/// An API key; with its token only when it was just made.
private struct KeyResource: JSONWritable {
    let key: KeyRecord
    var token: String?

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", key.id)
            writer.member("object", "key")
            writer.member(ifPresent: "key", token)
            writer.member("project", key.project)
            writer.member("name", key.name)
            writer.member("models", key.models)
            writer.member("created_at", key.createdAt / 1_000)
            writer.member("revoked_at", key.revokedAt.map { $0 / 1_000 })
        }
    }
}
