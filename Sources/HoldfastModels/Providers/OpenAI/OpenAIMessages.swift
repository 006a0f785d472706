import HoldfastCore

/// A message in Chat Completions' words.
enum OpenAIMessage: Equatable {
    case system(String)
    case user([ContentPart])
    case assistant(text: String?, calls: [Call], thought: Thought?)
    case tool(call: String, text: String)

    struct Call: Equatable {
        var id: String
        var name: String
        var arguments: String
        var isCustom = false
    }

    /// Reasoning that the same server sent, and the member in which it did.
    struct Thought: Equatable {
        var member: String
        var text: String
    }

    /// The messages of a request. Thoughts, text and calls of one answer become one message.
    /// - Throws: when the context has an item or a part that these messages cannot hold, by its type.
    static func list(_ request: ModelRequest, host: String) throws(ModelError) -> [OpenAIMessage] {
        var builder = Builder(host: host)
        if let instructions = request.instructions, !instructions.isEmpty {
            builder.messages.append(.system(instructions))
        }
        // Servers want thoughts back within a turn, while tools are called, and not those of earlier turns.
        let lastUser = request.context.lastIndex { if case .user = $0 { true } else { false } } ?? -1
        for (index, entry) in request.context.enumerated() { try builder.add(entry, isOfTurn: index > lastUser) }
        builder.flushImages()
        return builder.messages
    }

    private struct Builder {
        var messages: [OpenAIMessage] = []
        /// Images of tool results. A tool message holds only text, and nothing may stand between the results of one
        /// answer, so the images follow as a user message.
        private var images: [ContentPart] = []
        /// What the next answer begins with.
        private var thought: Thought?
        private let host: String

        init(host: String) { self.host = host }

        mutating func add(_ entry: ContextEntry, isOfTurn: Bool) throws(ModelError) {
            if case .result(let id, let output) = entry {
                try OpenAIMessage.check(output)
                addResult(id, output)
                return
            }
            flushImages()
            switch entry {
            case .system(let text): messages.append(.system(text))
            case .user(let parts):
                try OpenAIMessage.check(parts)
                messages.append(.user(parts))
            case .assistant(let text): messages.append(.assistant(text: text, calls: [], thought: takeThought()))
            case .call(let id, let name, let arguments):
                addCall(Call(id: id, name: name, arguments: arguments.isEmpty ? "{}" : arguments))
            case .customCall(let id, let name, let input):
                addCall(Call(id: id, name: name, arguments: input, isCustom: true))
            case .reasoning(let summary, let replay):
                thought = isOfTurn ? OpenAIReplay.thought(summary, replay, host: host) : nil
            case .other(let item): throw OpenAIMessage.refusal(of: item)
            case .result: break
            }
        }

        mutating func flushImages() {
            guard !images.isEmpty else { return }
            messages.append(.user(images))
            images = []
        }

        private mutating func addCall(_ call: Call) {
            if thought == nil, case .assistant(let text, let calls, let thought)? = messages.last {
                messages[messages.count - 1] = .assistant(text: text, calls: calls + [call], thought: thought)
            } else {
                messages.append(.assistant(text: nil, calls: [call], thought: takeThought()))
            }
        }

        private mutating func takeThought() -> Thought? {
            defer { thought = nil }
            return thought
        }

        private mutating func addResult(_ id: String, _ output: [ContentPart]) {
            messages.append(.tool(call: id, text: output.joinedText))
            let found = output.filter { if case .image = $0 { true } else { false } }
            guard !found.isEmpty else { return }
            images.append(.text("Images in the result of tool call \(id):"))
            images.append(contentsOf: found)
        }
    }
}

extension OpenAIMessage {
    fileprivate static func check(_ parts: [ContentPart]) throws(ModelError) {
        for case .other(let part) in parts { throw refusal(of: part) }
    }

    fileprivate static func refusal(of item: JSONObject) -> ModelError {
        let type = item["type"]?.string ?? "an item without a type"
        return ModelError(
            .invalidRequest, "'\(type.prefix(80))' cannot be given to this provider", isRetryable: false)
    }
}

extension OpenAIMessage: JSONWritable {
    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            switch self {
            case .system(let text):
                writer.member("role", "system")
                writer.member("content", text)
            case .user(let parts):
                writer.member("role", "user")
                Self.write(content: parts, to: &writer)
            case .assistant(let text, let calls, let thought):
                writer.member("role", "assistant")
                if let thought { writer.members(of: [thought.member: .string(thought.text)]) }
                writer.member("content", text)
                if !calls.isEmpty { writer.member("tool_calls", calls) }
            case .tool(let call, let text):
                writer.member("role", "tool")
                writer.member("tool_call_id", call)
                writer.member("content", text)
            }
        }
    }

    /// A plain string when there is only text, which every server understands.
    private static func write(content parts: [ContentPart], to writer: inout JSONWriter) {
        let hasImage = parts.contains { if case .image = $0 { true } else { false } }
        guard hasImage else { return writer.member("content", parts.joinedText) }
        writer.array("content") { writer in
            for part in parts {
                writer.object { writer in
                    switch part {
                    case .text(let text):
                        writer.member("type", "text")
                        writer.member("text", text)
                    case .image(let url, let detail):
                        writer.member("type", "image_url")
                        writer.object("image_url") { writer in
                            writer.member("url", url)
                            writer.member(ifPresent: "detail", detail)
                        }
                    // Refused when the messages were made.
                    case .other: break
                    }
                }
            }
        }
    }
}

extension OpenAIMessage.Call: JSONWritable {
    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", id)
            writer.member("type", isCustom ? "custom" : "function")
            writer.object(isCustom ? "custom" : "function") { writer in
                writer.member("name", name)
                if isCustom { writer.member("input", arguments) } else { writer.member("arguments", arguments) }
            }
        }
    }
}
