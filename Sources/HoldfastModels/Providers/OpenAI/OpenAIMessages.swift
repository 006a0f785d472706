import HoldfastCore

/// A message in Chat Completions' words.
enum OpenAIMessage: Equatable {
    case system(String)
    case user([ContentPart])
    case assistant(text: String?, calls: [Call])
    case tool(call: String, text: String)

    struct Call: Equatable {
        var id: String
        var name: String
        var arguments: String
    }

    /// The messages of a request. Text and calls of one answer become one message.
    static func list(_ request: ModelRequest) -> [OpenAIMessage] {
        var builder = Builder()
        if let instructions = request.instructions, !instructions.isEmpty {
            builder.messages.append(.system(instructions))
        }
        for entry in request.context { builder.add(entry) }
        builder.flushImages()
        return builder.messages
    }

    private struct Builder {
        var messages: [OpenAIMessage] = []
        /// Images of tool results. A tool message holds only text, and nothing may stand between the results of one
        /// answer, so the images follow as a user message.
        private var images: [ContentPart] = []

        mutating func add(_ entry: ContextEntry) {
            if case .result(let id, let output) = entry {
                addResult(id, output)
                return
            }
            flushImages()
            switch entry {
            case .system(let text): messages.append(.system(text))
            case .user(let parts): messages.append(.user(parts))
            case .assistant(let text): messages.append(.assistant(text: text, calls: []))
            case .call(let id, let name, let arguments):
                addCall(Call(id: id, name: name, arguments: arguments.isEmpty ? "{}" : arguments))
            case .customCall(let id, let name, let input):
                addCall(Call(id: id, name: name, arguments: input))
            case .reasoning, .other, .result: break
            }
        }

        mutating func flushImages() {
            guard !images.isEmpty else { return }
            messages.append(.user(images))
            images = []
        }

        private mutating func addCall(_ call: Call) {
            if case .assistant(let text, let calls)? = messages.last {
                messages[messages.count - 1] = .assistant(text: text, calls: calls + [call])
            } else {
                messages.append(.assistant(text: nil, calls: [call]))
            }
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
            case .assistant(let text, let calls):
                writer.member("role", "assistant")
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
                    case .other(let part): writer.member("type", part["type"] ?? .null)
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
            writer.member("type", "function")
            writer.object("function") { writer in
                writer.member("name", name)
                writer.member("arguments", arguments)
            }
        }
    }
}
