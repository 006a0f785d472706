import HTTPTypes
import HoldfastCore

/// Reads items of the Responses dialect: a response's input, and what a client adds to a conversation. What this program
/// has no shape for is kept as it came; ids are not kept, for every item gets one of its own.
struct InputItemReader {
    let limits: Limits
    /// Finds the item that an `item_reference` names.
    var resolve: (String) -> Item.Body? = { _ in nil }

    private static let roles = ["user", "assistant", "system", "developer"]

    /// The `input` of a request: a string, or items; `nil` when there is none.
    func input(_ fields: Fields) throws(APIError) -> [Item.Body]? {
        guard let value = fields.value("input") else { return nil }
        if let text = value.string { return [.userMessage([.text(text)])] }
        guard value.array != nil else { throw fields.wrongType("input", value, "a string or an array") }
        return try items(fields, "input", limit: limits.requestMessages)
    }

    /// The items of a list member.
    func items(_ fields: Fields, _ name: String, limit: Int) throws(APIError) -> [Item.Body] {
        guard let list = try fields.list(name, limit: limit) else { throw .missing(fields.param(name)) }
        return try list.map { (item) throws(APIError) in try self.item(item) }
    }

    private func item(_ item: Fields) throws(APIError) -> Item.Body {
        guard let type = try item.string("type") else {
            guard item.has("role") else { throw .missing(item.param("type")) }
            return try message(item)
        }
        switch type {
        case "message": return try message(item)
        case "item_reference":
            let id = try item.requiredString("id", limit: limits.identifier)
            guard let body = resolve(id) else {
                throw APIError(
                    .notFound, code: "item_not_found", param: item.param("id"), "Item with id '\(id)' not found.")
            }
            return body
        case "function_call":
            for name in ["call_id", "name"] { _ = try item.requiredString(name) }
            guard try item.string("arguments") != nil else { throw .missing(item.param("arguments")) }
        case "custom_tool_call":
            for name in ["call_id", "name"] { _ = try item.requiredString(name) }
            guard try item.string("input") != nil else { throw .missing(item.param("input")) }
        case "function_call_output", "custom_tool_call_output":
            _ = try item.requiredString("call_id")
            try checkOutput(item)
        case "": throw .invalid(item.param("type"), "'\(item.param("type"))' must not be empty.")
        // The id stays: a client's approval names that of its request.
        default: return .other(item.object)
        }
        var known = stored(item.object)
        if known["status"]?.string == nil { known["status"] = "completed" }
        return .other(known)
    }

    /// Without the id and what only the server says about an item.
    private func stored(_ object: JSONObject) -> JSONObject {
        JSONObject(object.members.filter { $0.name != "id" })
    }

    private func checkOutput(_ item: Fields) throws(APIError) {
        guard let output = item.value("output") else { throw .missing(item.param("output")) }
        if output.string != nil { return }
        guard output.array != nil else { throw item.wrongType("output", output, "a string or an array") }
        for part in try item.list("output", limit: limits.contentParts) ?? [] { _ = try part.requiredString("type") }
    }

    private func message(_ item: Fields) throws(APIError) -> Item.Body {
        guard let role = try item.choice("role", Self.roles) else { throw .missing(item.param("role")) }
        guard let content = item.value("content") else { throw .missing(item.param("content")) }
        var parts: [Fields] = []
        if let text = content.string {
            parts = [Fields(["type": role == "assistant" ? "output_text" : "input_text", "text": .string(text)])]
        } else {
            guard content.array != nil else { throw item.wrongType("content", content, "a string or an array") }
            parts = try item.list("content", limit: limits.contentParts) ?? []
        }
        for part in parts { try check(part) }
        if role == "user", let plain = plain(parts) { return .userMessage(plain) }
        var message = stored(item.object)
        message["type"] = "message"
        message["status"] = .string(try item.string("status") ?? "completed")
        message["content"] = .array(parts.map { .object(shown($0.object, role)) })
        return .other(message)
    }

    private func check(_ part: Fields) throws(APIError) {
        switch try part.requiredString("type") {
        case "input_text", "output_text", "text":
            guard try part.string("text") != nil else { throw .missing(part.param("text")) }
        case "refusal":
            guard try part.string("refusal") != nil else { throw .missing(part.param("refusal")) }
        case "input_image":
            guard let url = try part.string("image_url") else {
                guard try part.string("file_id") == nil else {
                    throw .unsupported(part.param("file_id"), "Images cannot be named by file ids in this release.")
                }
                throw .missing(part.param("image_url"))
            }
            guard url.hasPrefix("data:") || url.hasPrefix("https://") || url.hasPrefix("http://") else {
                throw .invalid(
                    part.param("image_url"), "'\(part.param("image_url"))' must be an http(s) or data URL.")
            }
        default: break
        }
    }

    /// The parts of a message that has only texts and images.
    private func plain(_ parts: [Fields]) -> [ContentPart]? {
        var plain: [ContentPart] = []
        for part in parts {
            switch part.object["type"] {
            case "input_text", "text": plain.append(.text(part.object["text"]?.string ?? ""))
            case "input_image":
                let detail = part.object["detail"]?.string
                plain.append(
                    .image(url: part.object["image_url"]?.string ?? "", detail: detail == "auto" ? nil : detail))
            default: return nil
            }
        }
        return plain
    }

    /// What an assistant said has the members that its readers require.
    private func shown(_ part: JSONObject, _ role: String) -> JSONObject {
        guard part["type"] == "output_text" else { return part }
        var shown = part
        if shown["annotations"] == nil { shown["annotations"] = [] }
        if shown["logprobs"] == nil { shown["logprobs"] = [] }
        return shown
    }
}
