import HoldfastCore

/// The words in which the document says what a value may be (JSON Schema 2020-12, as OpenAPI 3.1 uses it).
enum Schema {
    static let string: JSON = ["type": "string"]
    static let integer: JSON = ["type": "integer"]
    static let boolean: JSON = ["type": "boolean"]
    static let anything: JSON = [:]
    /// Seconds since 1970.
    static let time: JSON = ["type": "integer", "minimum": 0, "description": "Seconds since 1970."]
    static let objects: JSON = array(of: object)
    static let object: JSON = ["type": "object"]

    /// A schema of `OpenAPIDocument.schemas`.
    static func ref(_ name: String) -> JSON { ["$ref": .string("#/components/schemas/\(name)")] }

    static func const(_ value: JSON) -> JSON { ["const": value] }

    static func choice(_ values: String...) -> JSON {
        ["type": "string", "enum": .array(values.map(JSON.string))]
    }

    /// A string of so many bytes at most; JSON Schema counts characters, the server bytes.
    static func text(atMost bytes: Int, notEmpty: Bool = false) -> JSON {
        var schema: JSONObject = ["type": "string", "maxLength": .integer(Int64(bytes))]
        if notEmpty { schema["minLength"] = 1 }
        return .object(schema)
    }

    static func integer(in range: ClosedRange<Int64>) -> JSON {
        ["type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound)]
    }

    static func number(in range: ClosedRange<Double>) -> JSON {
        ["type": "number", "minimum": .number(range.lowerBound), "maximum": .number(range.upperBound)]
    }

    static func array(of element: JSON, atMost most: Int? = nil, notEmpty: Bool = false) -> JSON {
        var schema: JSONObject = ["type": "array", "items": element]
        if let most { schema["maxItems"] = .integer(Int64(most)) }
        if notEmpty { schema["minItems"] = 1 }
        return .object(schema)
    }

    static func oneOf(_ schemas: JSON...) -> JSON { ["anyOf": .array(schemas)] }

    static func nullable(_ schema: JSON) -> JSON { ["anyOf": [schema, ["type": "null"]]] }

    /// What a request may have: all that is not required may also be `null`, which says the same as leaving it out.
    static func request(required: [String] = [], _ members: JSONObject) -> JSON {
        let properties = members.members.map { member in
            JSONObject.Member(
                name: member.name, value: required.contains(member.name) ? member.value : nullable(member.value))
        }
        return [
            "type": "object", "properties": .object(JSONObject(properties)),
            "required": .array(required.map(JSON.string)),
        ]
    }

    /// What an answer has: every member is there.
    static func answer(_ members: JSONObject) -> JSON {
        [
            "type": "object", "properties": .object(members),
            "required": .array(members.members.map { .string($0.name) }),
        ]
    }

    /// A page of a list.
    static func page(of element: JSON) -> JSON {
        answer([
            "object": const("list"), "data": array(of: element), "first_id": nullable(string),
            "last_id": nullable(string), "has_more": boolean,
        ])
    }

    /// What a deletion answers.
    static func deleted(_ object: String) -> JSON {
        answer(["id": string, "object": const(.string(object)), "deleted": const(true)])
    }

    /// Metadata of a client's own.
    static func metadata(_ limits: Limits) -> JSON {
        [
            "type": "object", "maxProperties": .integer(Int64(limits.metadataPairs)),
            "propertyNames": ["minLength": 1, "maxLength": .integer(Int64(limits.metadataKey))],
            "additionalProperties": ["type": "string", "maxLength": .integer(Int64(limits.metadataValue))],
        ]
    }
}
