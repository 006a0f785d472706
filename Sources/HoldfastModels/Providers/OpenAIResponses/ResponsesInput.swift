import HoldfastCore

/// The conversation as input items of Responses.
struct ResponsesInput: JSONWritable {
    let context: [ContextEntry]

    func write(to writer: inout JSONWriter) {
        var customCalls: Set<String> = []
        writer.array { writer in
            for entry in context {
                switch entry {
                case .system(let text): Self.message("developer", "input_text", text, to: &writer)
                case .assistant(let text): Self.message("assistant", "output_text", text, to: &writer)
                case .user(let parts):
                    writer.object { writer in
                        writer.member("type", "message")
                        writer.member("role", "user")
                        writer.member("content", parts.map(Part.init))
                    }
                case .reasoning(_, let replay):
                    if let item = Self.replayed(replay) { writer.value(item) }
                case .call(let id, let name, let arguments):
                    Self.call("function_call", id, name, "arguments", arguments.isEmpty ? "{}" : arguments, &writer)
                case .customCall(let id, let name, let input):
                    customCalls.insert(id)
                    Self.call("custom_tool_call", id, name, "input", input, &writer)
                case .result(let id, let output):
                    writer.object { writer in
                        let isCustom = customCalls.contains(id)
                        writer.member("type", isCustom ? "custom_tool_call_output" : "function_call_output")
                        writer.member("call_id", id)
                        Self.write(output: output, to: &writer)
                    }
                case .other(let item): writer.value(item)
                }
            }
        }
    }

    /// The item that the upstream gave. One that says nothing to it would only be looked for in a store where it is not.
    private static func replayed(_ replay: JSONObject?) -> JSONObject? {
        guard let item = replay?["responses"]?.object,
            item["encrypted_content"]?.string != nil || item["content"]?.array?.isEmpty == false
        else { return nil }
        return JSONObject(item.members.filter { !$0.value.isNull })
    }

    private static func message(_ role: String, _ type: String, _ text: String, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("type", "message")
            writer.member("role", role)
            writer.array("content") { writer in
                writer.object { writer in
                    writer.member("type", type)
                    writer.member("text", text)
                }
            }
        }
    }

    private static func call(
        _ type: String, _ id: String, _ name: String, _ member: StaticString, _ text: String,
        _ writer: inout JSONWriter
    ) {
        writer.object { writer in
            writer.member("type", type)
            writer.member("call_id", id)
            writer.member("name", name)
            writer.member(member, text)
        }
    }

    /// A plain string when there is only text.
    private static func write(output: [ContentPart], to writer: inout JSONWriter) {
        let isText = output.allSatisfy { if case .text = $0 { true } else { false } }
        if isText {
            writer.member("output", output.joinedText)
        } else {
            writer.member("output", output.map(Part.init))
        }
    }

    private struct Part: JSONWritable {
        let part: ContentPart

        func write(to writer: inout JSONWriter) {
            switch part {
            case .other(let part): writer.value(part)
            case .text(let text):
                writer.object { writer in
                    writer.member("type", "input_text")
                    writer.member("text", text)
                }
            case .image(let url, let detail):
                writer.object { writer in
                    writer.member("type", "input_image")
                    writer.member("image_url", url)
                    writer.member("detail", detail ?? "auto")
                }
            }
        }
    }
}
