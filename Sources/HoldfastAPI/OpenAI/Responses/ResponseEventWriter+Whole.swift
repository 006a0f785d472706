import HoldfastCore

/// Items that come whole: their text and arguments are shown in one piece.
extension ResponseEventWriter {
    mutating func whole(_ item: Item, _ other: JSONObject) {
        switch other["type"] {
        case "function_call", "custom_tool_call":
            let isCustom = other["type"] == "custom_tool_call"
            call(
                item,
                ToolCall(
                    id: other["call_id"]?.string ?? "", name: other["name"]?.string ?? "",
                    arguments: other[isCustom ? "input" : "arguments"]?.string ?? "", isCustom: isCustom,
                    runner: .client))
        case "message":
            added(item)
            for (index, part) in (other["content"]?.array ?? []).enumerated() { content(part, index, of: item) }
            done(item)
        default:
            added(item)
            done(item)
        }
    }

    private mutating func content(_ part: JSON, _ index: Int, of item: Item) {
        guard var empty = part.object else { return }
        let member = empty["type"] == "refusal" ? "refusal" : "text"
        let text = empty[member]?.string ?? ""
        if empty[member] != nil { empty[member] = "" }
        if empty["annotations"] != nil { empty["annotations"] = [] }
        partOf(item, index, "content_part.added") { $0.member("part", empty) }
        if member == "refusal" {
            partOf(item, index, "refusal.delta") { $0.member("delta", text) }
            partOf(item, index, "refusal.done") { $0.member("refusal", text) }
        } else if part["type"] == "output_text" {
            let logprobs = part["logprobs"] ?? []
            partOf(item, index, "output_text.delta") { writer in
                writer.member("delta", text)
                writer.member("logprobs", logprobs)
            }
            partOf(item, index, "output_text.done") { writer in
                writer.member("text", text)
                writer.member("logprobs", logprobs)
            }
        }
        partOf(item, index, "content_part.done") { $0.member("part", part) }
    }

    private mutating func partOf(
        _ item: Item, _ index: Int, _ type: String, _ body: (inout JSONWriter) -> Void
    ) {
        itemEvent(type, item, withID: true) { writer in
            writer.member("content_index", index)
            body(&writer)
        }
    }
}
