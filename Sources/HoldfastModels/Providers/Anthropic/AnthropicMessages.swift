import HoldfastCore

/// The messages of a Messages request.
enum AnthropicMessages {
    static func list(_ turns: [Turn]) throws(ModelError) -> JSON {
        var messages: [JSON] = []
        for turn in turns {
            var content: [JSON] = []
            for block in turn.blocks { content.append(try self.block(block)) }
            messages.append(["role": .string(turn.role.rawValue), "content": .array(content)])
        }
        return .array(messages)
    }

    private static func block(_ block: Turn.Block) throws(ModelError) -> JSON {
        switch block {
        case .part(let part): return try self.part(part)
        case .replay(let thought): return thought
        case .toolUse(let id, let name, let input):
            return ["type": "tool_use", "id": .string(id), "name": .string(name), "input": .object(input)]
        case .toolResult(let id, let output):
            var content: [JSON] = []
            for part in output where part != .text("") { content.append(try self.part(part)) }
            var result: JSONObject = ["type": "tool_result", "tool_use_id": .string(id)]
            if !content.isEmpty { result["content"] = .array(content) }
            return .object(result)
        }
    }

    private static func part(_ part: ContentPart) throws(ModelError) -> JSON {
        switch part {
        case .text(let text): return ["type": "text", "text": .string(text)]
        case .image(let url, _): return ["type": "image", "source": try image(url)]
        case .other(let object): return try document(AttachedFile(object, dialect: AnthropicRequestBody.dialect))
        }
    }

    private static func image(_ url: String) throws(ModelError) -> JSON {
        if let data = DataURL(url) {
            return ["type": "base64", "media_type": .string(data.mediaType), "data": .string(data.base64)]
        }
        guard url.hasPrefix("https://") || url.hasPrefix("http://") else {
            throw .unsupported(
                "an image whose URL is neither http(s): nor Base64 data:", by: AnthropicRequestBody.dialect)
        }
        return ["type": "url", "url": .string(url)]
    }

    private static func document(_ file: AttachedFile) throws(ModelError) -> JSON {
        var document: JSONObject = ["type": "document"]
        switch file.source {
        case .url(let url): document["source"] = ["type": "url", "url": .string(url)]
        case .data(let data):
            guard data.mediaType == "application/pdf" else {
                throw .unsupported("files of type '\(data.mediaType)'", by: AnthropicRequestBody.dialect)
            }
            document["source"] = ["type": "base64", "media_type": "application/pdf", "data": .string(data.base64)]
        }
        document["title"] = file.name.map { .string($0) }
        return .object(document)
    }
}
