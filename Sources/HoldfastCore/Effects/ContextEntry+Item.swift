extension ContextEntry {
    /// The start of an `encrypted_content` that this program made; what follows is the JSON of `ModelAnswer.replay`.
    public static let replayPrefix = "holdfast.replay.1:"

    /// The start of the `encrypted_content` of a compaction that this program made; the summary follows.
    public static let compactionPrefix = "holdfast.compaction.1:"

    /// An item of OpenAI's Responses dialect as an entry of the conversation.
    public init(item: JSONObject) {
        let call = item["call_id"]?.string ?? ""
        let name = item["name"]?.string ?? ""
        switch item["type"]?.string ?? "message" {
        // Only an upstream of the dialect knows what to do with these members.
        case "message" where item["phase"]?.string != nil: self = .other(item)
        case "function_call" where item["namespace"]?.string != nil: self = .other(item)
        case "message": self.init(message: item)
        case "function_call": self = .call(id: call, name: name, arguments: item["arguments"]?.string ?? "{}")
        case "custom_tool_call": self = .customCall(id: call, name: name, input: item["input"]?.string ?? "")
        case "function_call_output", "custom_tool_call_output":
            self = .result(id: call, output: ContentPart.list(responses: item["output"]))
        case "reasoning":
            let summary = (item["summary"]?.array ?? []).compactMap { $0["text"]?.string }.joined(separator: "\n\n")
            self = .reasoning(summary: summary, replay: Self.replay(of: item))
        case "compaction":
            guard let content = item["encrypted_content"]?.string, content.hasPrefix(Self.compactionPrefix) else {
                self = .other(item)
                return
            }
            let summary = String(decoding: content.utf8.dropFirst(Self.compactionPrefix.utf8.count), as: UTF8.self)
            self = .system("Summary of the conversation so far:\n" + summary)
        default: self = .other(item)
        }
    }

    private init(message: JSONObject) {
        let parts = ContentPart.list(responses: message["content"])
        switch message["role"]?.string {
        case "system", "developer": self = .system(parts.text)
        case "assistant": self = .assistant(parts.text)
        default: self = .user(parts)
        }
    }

    private static func replay(of reasoning: JSONObject) -> JSONObject? {
        guard let content = reasoning["encrypted_content"]?.string else { return nil }
        guard content.hasPrefix(replayPrefix) else { return ["responses": .object(reasoning)] }
        return (try? JSONParser.parse(Array(content.utf8.dropFirst(replayPrefix.utf8.count))))?.object
    }
}

extension ContentPart {
    /// The content of an item of the Responses dialect: a string, or parts.
    static func list(responses content: JSON?) -> [ContentPart] {
        if let text = content?.string { return [.text(text)] }
        return (content?.array ?? []).compactMap(\.object).map { part in
            switch part["type"]?.string {
            case "input_text", "output_text", "text", "summary_text", "reasoning_text":
                return .text(part["text"]?.string ?? "")
            case "refusal": return .text(part["refusal"]?.string ?? "")
            case "input_image":
                guard let url = part["image_url"]?.string else { return .other(part) }
                let detail = part["detail"]?.string
                return .image(url: url, detail: detail == "auto" ? nil : detail)
            default: return .other(part)
            }
        }
    }
}

extension [ContentPart] {
    /// The text parts, joined by newlines.
    fileprivate var text: String {
        compactMap { if case .text(let text) = $0 { text } else { nil } }.joined(separator: "\n")
    }
}

extension FunctionOutput {
    /// What the model sees of it.
    var parts: [ContentPart] {
        switch self {
        case .none: [.text("")]
        case .text(let text): [.text(text)]
        case .parts(let parts): parts
        case .error(let message): [.text(message)]
        }
    }
}

extension JSONObject {
    /// The call whose result this item of the Responses dialect is.
    var answeredCall: String? {
        switch self["type"]?.string {
        case "function_call_output", "custom_tool_call_output": self["call_id"]?.string
        default: nil
        }
    }
}
