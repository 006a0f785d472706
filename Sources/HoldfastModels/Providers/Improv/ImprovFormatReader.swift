import HoldfastCore

/// Which schema an answer is to follow.
enum ImprovFormatReader {
    private static let maximumTries = 20

    /// The schema of the response format; the one that the messages hold when they ask for JSON; members that the
    /// messages name. `nil` when an answer in words is asked for.
    static func schema(_ request: ModelRequest, _ conversation: ImprovConversation) -> JSON? {
        let texts = [conversation.request] + conversation.instructions
        switch request.options.format {
        case .jsonSchema(_, _, let schema, _): return .object(schema)
        case .jsonObject: return texts.lazy.compactMap(written).first ?? object(of: texts.lazy.flatMap(keys))
        case .text:
            guard texts.contains(where: { $0.contains("JSON") || $0.contains("json") }) else { return nil }
            return texts.lazy.compactMap(written).first
        }
    }

    private static func object(of keys: some Sequence<String>) -> JSON {
        var properties = JSONObject()
        for key in keys { properties[key] = ["type": "string"] }
        if properties.isEmpty { properties["answer"] = ["type": "string"] }
        return [
            "type": "object", "properties": .object(properties),
            "required": .array(properties.members.map { .string($0.name) }),
        ]
    }

    /// The names in quotation marks before or behind `key`, `field` or `property`.
    private static func keys(_ text: String) -> [String] {
        let text = ImprovText(text)
        guard !text.stems.isDisjoint(with: ["key", "field", "property", "member"]) else { return [] }
        return ImprovFinder.quoted(in: text).map(\.text).filter { key in
            key.count <= 64 && key.allSatisfy { ImprovText.isWordCharacter($0) || $0 == "-" }
        }
    }

    /// A JSON schema that stands in a text.
    private static func written(_ text: String) -> JSON? {
        let bytes = Array(text.utf8)
        var start = 0
        for _ in 0..<maximumTries {
            guard let open = bytes[start...].firstIndex(of: 0x7B) else { return nil }
            if let end = end(of: bytes, from: open), let json = try? JSONParser.parse(Array(bytes[open...end])),
                json["properties"]?.object != nil || json["$defs"]?.object != nil
            {
                return json
            }
            start = open + 1
        }
        return nil
    }

    /// Where the object that begins at a place ends, by its brackets outside of strings.
    private static func end(of bytes: [UInt8], from start: Int) -> Int? {
        var depth = 0
        var isString = false
        var isEscaped = false
        for index in start..<bytes.count {
            let byte = bytes[index]
            if isString {
                if isEscaped {
                    isEscaped = false
                } else if byte == 0x5C {
                    isEscaped = true
                } else if byte == 0x22 {
                    isString = false
                }
                continue
            }
            switch byte {
            case 0x22: isString = true
            case 0x7B: depth += 1
            case 0x7D:
                depth -= 1
                if depth == 0 { return index }
            default: break
            }
        }
        return nil
    }
}
