extension ModelAnswer {
    /// A part of an answer at its place.
    public enum Output: Sendable, Equatable {
        case reasoning
        /// The text or the refusal.
        case message
        /// One of `calls`, by its index.
        case call(Int)
        /// An item of OpenAI's Responses dialect that has no shape of its own here, as it came: the record of a tool that
        /// the provider ran, a further message, a type that this program does not know.
        case item(JSONObject)
    }

    /// The parts in their order.
    public var orderedOutput: [Output] {
        output.isEmpty ? [.reasoning, .message] + calls.indices.map { .call($0) } : output
    }

    /// The answer for those who know only one message: with the text of all of them in `text`.
    public var withWholeText: ModelAnswer {
        var whole = self
        for case .item(let item) in output where item["type"] == "message" {
            let text = item.messageText
            guard !text.isEmpty else { continue }
            whole.text += whole.text.isEmpty ? text : "\n\n" + text
        }
        return whole
    }
}

extension ModelAnswer.Output: JSONWritable {
    public func write(to writer: inout JSONWriter) {
        switch self {
        case .reasoning: writer.string("reasoning")
        case .message: writer.string("message")
        case .call(let index): writer.value(index)
        case .item(let item): writer.value(item)
        }
    }

    init(_ json: JSON) throws(JSONReadError) {
        switch json {
        case "reasoning": self = .reasoning
        case "message": self = .message
        case .integer(let index): self = .call(Int(index))
        case .object(let item): self = .item(item)
        default: throw JSONReadError(name: "output", expected: "a part of an answer")
        }
    }
}

extension JSONObject {
    /// The text of an item of type `reasoning`: its summary, or its content where there is no summary.
    public var reasoningText: String {
        let summary = Self.text(of: self["summary"])
        return summary.isEmpty ? Self.text(of: self["content"]) : summary
    }

    /// The text of an item of type `message`, refusals included.
    public var messageText: String {
        (self["content"]?.array ?? []).compactMap { $0["text"]?.string ?? $0["refusal"]?.string }.joined(
            separator: "\n\n")
    }

    private static func text(of parts: JSON?) -> String {
        (parts?.array ?? []).compactMap { $0["text"]?.string }.joined(separator: "\n\n")
    }
}
