import Foundation
import HTTPTypes
import HoldfastCore
import HoldfastModels
import Hummingbird

/// `/models`: the models that this server was told by name.
struct ModelRoutes: Sendable {
    let services: APIServices

    func add(to group: RouterGroup<APIContext>) {
        group.serve(.get, "models", list)
        // A name may have slashes; the SDK escapes them, others do not.
        group.serve(.get, "models/**", retrieve)
    }

    @Sendable private func list(_ request: Request, _ context: APIContext) async throws -> Response {
        .json(ModelList(names: services.models.names.filter(context.mayUse)))
    }

    @Sendable private func retrieve(_ request: Request, _ context: APIContext) async throws -> Response {
        let path = context.parameters.getCatchAll().joined(separator: "/")
        guard let name = path.removingPercentEncoding, name.utf8.count <= services.limits.identifier,
            context.mayUse(name), services.models.route(for: name) != nil
        else { throw APIError.unknownModel(path, known: services.models.names.filter(context.mayUse)) }
        return .json(ModelResource(name: name))
    }
}

extension APIError {
    /// No provider serves a model of this name.
    static func unknownModel(_ name: String, known: [String], status: HTTPResponse.Status = .notFound) -> APIError {
        let list = known.joined(separator: ", ")
        return APIError(
            status, code: "model_not_found", param: "model",
            "The model '\(name.prefix(80))' does not exist here. "
                + (list.isEmpty ? "No model is configured." : "Configured: \(list)."))
    }
}

private struct ModelList: JSONWritable {
    let names: [String]

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("object", "list")
            writer.member("data", names.map(ModelResource.init))
        }
    }
}

private struct ModelResource: JSONWritable {
    let name: String

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", name)
            writer.member("object", "model")
            // When a provider made it is not known here.
            writer.member("created", 0)
            writer.member("owned_by", "holdfast")
        }
    }
}
