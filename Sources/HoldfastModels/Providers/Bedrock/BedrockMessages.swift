import HoldfastCore

/// The messages of a Converse request.
struct BedrockMessages {
    private static let imageFormats = [
        "image/png": "png", "image/jpeg": "jpeg", "image/gif": "gif", "image/webp": "webp",
    ]

    private var documents = 0

    static func list(_ turns: [Turn]) throws(ModelError) -> JSON {
        var messages = BedrockMessages()
        var list: [JSON] = []
        for turn in turns {
            var content: [JSON] = []
            for block in turn.blocks { content.append(try messages.block(block)) }
            list.append(["role": .string(turn.role.rawValue), "content": .array(content)])
        }
        return .array(list)
    }

    private mutating func block(_ block: Turn.Block) throws(ModelError) -> JSON {
        switch block {
        case .part(let part): return try self.part(part)
        case .replay(let thought): return thought
        case .toolUse(let id, let name, let input):
            return ["toolUse": ["toolUseId": .string(id), "name": .string(name), "input": .object(input)]]
        case .toolResult(let id, let output):
            var content: [JSON] = []
            for part in output where part != .text("") { content.append(try self.part(part)) }
            // Models refuse a result without content.
            if content.isEmpty { content = [["text": "(no output)"]] }
            return ["toolResult": ["toolUseId": .string(id), "content": .array(content)]]
        }
    }

    private mutating func part(_ part: ContentPart) throws(ModelError) -> JSON {
        switch part {
        case .text(let text): return ["text": .string(text)]
        case .image(let url, _):
            guard let data = DataURL(url), let format = Self.imageFormats[data.mediaType] else {
                throw .unsupported(
                    "images other than Base64 data: URLs of png, jpeg, gif or webp", by: BedrockRequestBody.dialect)
            }
            return ["image": ["format": .string(format), "source": ["bytes": .string(data.base64)]]]
        case .other(let object):
            let file = try AttachedFile(object, dialect: BedrockRequestBody.dialect)
            guard case .data(let data) = file.source, data.mediaType == "application/pdf" else {
                throw .unsupported("files other than Base64 data: URLs of PDF", by: BedrockRequestBody.dialect)
            }
            // A neutral name, as the API advises; two of one name are refused.
            documents += 1
            return [
                "document": [
                    "format": "pdf", "name": .string("document \(documents)"),
                    "source": ["bytes": .string(data.base64)],
                ]
            ]
        }
    }
}
