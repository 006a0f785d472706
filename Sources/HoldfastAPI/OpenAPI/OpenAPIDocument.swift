import HTTPTypes
import HoldfastCore

/// The API of this server in the words of OpenAPI 3.1, as `GET /openapi.json` answers it.
///
/// Left out: the operations of the Agents API that answer 501 (`NotImplementedRoutes`), for there is nothing to call, and
/// the second mount of every path under `/openai/v1`.
struct OpenAPIDocument: Sendable {
    let limits: Limits

    /// All operations, by their paths from the root.
    var operations: [(path: String, operation: APIOperation)] {
        let versioned =
            APIOperation.agents(limits) + APIOperation.sessions(limits) + APIOperation.turns(limits)
            + APIOperation.responses(limits) + APIOperation.conversations(limits) + APIOperation.inference(limits)
            + APIOperation.storedCompletions(limits) + APIOperation.usage(limits) + APIOperation.keys(limits)
        return APIOperation.service.map { ($0.path, $0) } + versioned.map { ("/v1" + $0.path, $0) }
    }

    var json: JSON {
        var paths = JSONObject()
        for (path, operation) in operations {
            var item = paths[path]?.object ?? [:]
            item[operation.method.rawValue.lowercased()] = operation.json(next: followers(of: operation))
            paths[path] = .object(item)
        }
        return [
            "openapi": "3.1.0", "info": Self.info, "servers": [["url": "/"]], "security": [["key": []]],
            "paths": .object(paths),
            "components": [
                "securitySchemes": ["key": ["type": "http", "scheme": "bearer", "bearerFormat": "hf_…"]],
                "schemas": .object(schemas), "responses": ["Error": Self.error],
            ],
        ]
    }

    /// What can be done with the thing that an operation makes.
    private func followers(of operation: APIOperation) -> [APIOperation] {
        guard operation.method == .post, operation.isKept, operation.pathParameters.isEmpty else { return [] }
        return operations.map(\.operation).filter {
            $0.path.hasPrefix(operation.path + "/{") && $0.pathParameters.count == 1
        }
    }

    private static let info: JSON = [
        "title": "Holdfast", "version": "1",
        "description": """
        A self-hosted stateful runtime for AI agents. Every path under /v1 is also served under /openai/v1. Members \
        of requests that no one knows are left alone. GET /v1/responses also serves WebSockets, which OpenAPI has no \
        words for.
        """,
    ]

    private static let error: JSON = [
        "description": "An error; docs/errors has a page for each code.", "headers": APIOperation.headers,
        "content": ["application/json": ["schema": Schema.ref("Error")]],
    ]

    private var schemas: JSONObject {
        var schemas: JSONObject = [
            "Error": Schema.answer([
                "error": Schema.answer([
                    "message": Schema.string, "type": Schema.string, "param": Schema.nullable(Schema.string),
                    "code": Schema.nullable(Schema.string),
                ])
            ])
        ]
        for group in [agentSchemas, sessionSchemas, responseSchemas, inferenceSchemas] {
            for member in group.members { schemas[member.name] = member.value }
        }
        return schemas
    }
}
