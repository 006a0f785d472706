import HTTPTypes
import HoldfastCore

extension APIOperation {
    /// The operation as a member of a path item.
    var json: JSON {
        var operation: JSONObject = ["operationId": .string(id), "summary": .string(summary)]
        let parameters =
            pathParameters.map { Self.parameter(APIParameter($0, Schema.string, "An id."), "path") }
            + query.map { Self.parameter($0, "query") } + headers.map { Self.parameter($0, "header") }
        if !parameters.isEmpty { operation["parameters"] = .array(parameters) }
        if let body {
            operation["requestBody"] = ["required": true, "content": ["application/json": ["schema": body]]]
        }
        operation["responses"] = .object(responses)
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

    private var responses: JSONObject {
        var success: JSONObject = ["description": .string(summary), "headers": Self.headers]
        if !content.isEmpty { success["content"] = .object(content) }
        var responses = JSONObject()
        responses[String(status)] = .object(success)
        for code in clientErrors { responses[String(code)] = ["$ref": "#/components/responses/Error"] }
        responses["5XX"] = ["$ref": "#/components/responses/Error"]
        return responses
    }

    private var content: JSONObject {
        var content = JSONObject()
        if let plain { content[plain] = ["schema": Schema.string] }
        if let answer, streams != .always { content["application/json"] = ["schema": answer] }
        if streams != .never { content["text/event-stream"] = ["schema": Schema.string] }
        return content
    }

    /// The header that every answer has.
    static let headers: JSON = [
        "x-request-id": ["required": true, "description": "The request's id in the log.", "schema": Schema.string]
    ]
}
