import HTTPTypes
import HoldfastCore

extension APIOperation {
    /// The operation as a member of a path item.
    /// - Parameter next: the operations that take the id that this one answers.
    func json(next: [APIOperation]) -> JSON {
        var operation: JSONObject = ["operationId": .string(id), "summary": .string(summary)]
        let parameters =
            pathParameters.map { Self.parameter(APIParameter($0, Schema.string, "An id."), "path") }
            + query.map { Self.parameter($0, "query") } + headers.map { Self.parameter($0, "header") }
        if !parameters.isEmpty { operation["parameters"] = .array(parameters) }
        if let body {
            operation["requestBody"] = [
                "required": .bool(!isBodyOptional), "content": ["application/json": ["schema": body]],
            ]
        }
        operation["responses"] = .object(responses(next))
        if !needsKey { operation["security"] = [] }
        return .object(operation)
    }

    private static func parameter(_ parameter: APIParameter, _ place: String) -> JSON {
        var json: JSONObject = [
            "name": .string(parameter.name), "in": .string(place), "description": .string(parameter.summary),
            "schema": parameter.schema,
        ]
        if place == "path" { json["required"] = true }
        // `metadata[key]=value`
        if parameter.schema["type"] == "object" {
            json["style"] = "deepObject"
            json["explode"] = true
        }
        return .object(json)
    }

    private func responses(_ next: [APIOperation]) -> JSONObject {
        var success: JSONObject = ["description": .string(summary), "headers": Self.headers]
        if !content.isEmpty { success["content"] = .object(content) }
        if !next.isEmpty { success["links"] = .object(JSONObject(next.map(Self.link))) }
        var responses = JSONObject()
        responses[String(status)] = .object(success)
        for code in clientErrors { responses[String(code)] = ["$ref": "#/components/responses/Error"] }
        responses["5XX"] = ["$ref": "#/components/responses/Error"]
        return responses
    }

    private static func link(_ next: APIOperation) -> JSONObject.Member {
        let parameter = next.pathParameters.first ?? ""
        return JSONObject.Member(
            name: next.id,
            value: [
                "operationId": .string(next.id), "parameters": .object([parameter: "$response.body#/id"]),
            ])
    }

    private var content: JSONObject {
        var content = JSONObject()
        if let plain { content[plain] = ["schema": Schema.string] }
        if let answer, streams != .always { content["application/json"] = ["schema": answer] }
        // Version 3.1 has no words for the events of a stream.
        if streams != .never { content["text/event-stream"] = [:] }
        return content
    }

    /// The header that every answer has.
    static let headers: JSON = [
        "x-request-id": ["required": true, "description": "The request's id in the log.", "schema": Schema.string]
    ]
}
