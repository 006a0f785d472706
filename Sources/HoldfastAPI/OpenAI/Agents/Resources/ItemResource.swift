import HoldfastCore

/// An item as the Agents API shows it (`AgentSessionItem` of the `openai` package).
struct ItemResource: JSONWritable {
    /// The label under which this server's own tools appear as tool calls.
    static let serverLabel = "holdfast"

    let item: Item
    /// As `item.added` shows it: before anything was streamed.
    var isJustAdded = false

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", item.id)
            switch item.body {
            case .userMessage(let content):
                writeMessage(&writer, role: "user") { $0.array(of: content.map(Content.init)) }
            case .assistantMessage(let text, let isFinal):
                writeMessage(&writer, role: "assistant") { writer in
                    writer.array { writer in
                        if !isJustAdded { writer.value(Text(type: "output_text", text: text)) }
                    }
                }
                if !isJustAdded, item.status == .completed {
                    writer.member("phase", isFinal ? "final_answer" : "commentary")
                } else {
                    writer.member("phase", JSON.null)
                }
            case .reasoning(let summary):
                writer.member("type", "reasoning")
                writer.array("summary") { writer in
                    if !isJustAdded { writer.value(Text(type: "summary_text", text: summary)) }
                }
                writer.member("status", status)
            case .toolCall(let call): write(call, to: &writer)
            case .functionOutput(let call, let output): write(output, of: call, to: &writer)
            case .other(var other):
                other["id"] = nil
                writer.members(of: other)
            case .deleted: writer.member("type", "deleted")
            }
            writer.member("turn_id", item.turn)
        }
    }

    private var status: String { isJustAdded ? Item.Status.inProgress.rawValue : item.shownStatus }

    private func writeMessage(_ writer: inout JSONWriter, role: String, content: (inout JSONWriter) -> Void) {
        writer.member("type", "message")
        writer.member("role", role)
        writer.member("status", role == "user" ? "completed" : status)
        writer.name("content")
        content(&writer)
        if role == "user" { writer.member("phase", JSON.null) }
    }

    private func write(_ call: ToolCall, to writer: inout JSONWriter) {
        guard case .server(let tool) = call.runner else {
            writer.member("type", "function_call")
            writer.member("call_id", call.id)
            writer.member("name", call.name)
            writer.member("arguments", Arguments(call))
            writer.member("status", item.status.publicName)
            return
        }
        switch tool.presentation {
        case .command:
            writer.member("type", "command_execution")
            writer.member("command", call.argument("command") ?? call.arguments)
            writer.member("cwd", "/workspace")
            writer.member("duration_ms", call.outcome?.duration)
            writer.member("exit_code", call.outcome?.exitCode)
            writer.member("output", call.outcome?.output)
        case .call:
            writer.member("type", "mcp_call")
            writer.member("server_label", Self.serverLabel)
            writer.member("name", call.name)
            writer.member("arguments", Arguments(call))
            let succeeded = call.outcome?.kind == .succeeded
            writer.member("output", succeeded ? call.outcome?.output : nil)
            writer.name("error")
            if let outcome = call.outcome, !succeeded {
                writer.object { writer in
                    writer.member("code", outcome.kind == .unknown ? "outcome_unknown" : outcome.kind.rawValue)
                    writer.member("message", outcome.output)
                }
            } else {
                writer.null()
            }
        }
        writer.member("status", item.status.publicName)
    }

    private func write(_ output: FunctionOutput, of call: String, to writer: inout JSONWriter) {
        writer.member("type", "function_call_output")
        writer.member("call_id", call)
        writer.member("status", item.status.publicName)
        switch output {
        case .none:
            writer.member("output", JSON.null)
            writer.member("error", JSON.null)
        case .text(let text):
            writer.member("output", text)
            writer.member("error", JSON.null)
        case .parts(let parts):
            writer.member("output", parts.map(Content.init))
            writer.member("error", JSON.null)
        case .error(let message):
            writer.member("output", JSON.null)
            writer.member("error", message)
        }
    }
}

/// A text part.
struct Text: JSONWritable {
    let type: String
    let text: String

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("type", type)
            writer.member("text", text)
        }
    }
}

/// A part of what a user sent.
struct Content: JSONWritable {
    let part: ContentPart

    init(_ part: ContentPart) { self.part = part }

    func write(to writer: inout JSONWriter) {
        switch part {
        case .text(let text): writer.value(Text(type: "input_text", text: text))
        case .image(let url, let detail):
            writer.object { writer in
                writer.member("type", "input_image")
                writer.member("image_url", url)
                writer.member(ifPresent: "detail", detail)
            }
        case .other(let part): writer.value(part)
        }
    }
}

/// The arguments of a call as a JSON value: what the model wrote, byte for byte, on one line.
struct Arguments: JSONWritable {
    private let text: String
    private let isJSON: Bool

    init(_ call: ToolCall) {
        text = call.arguments
        if case .server = call.runner {
            isJSON = true
        } else {
            isJSON = !call.isCustom && (try? JSONParser.parse(call.arguments)) != nil
        }
    }

    func write(to writer: inout JSONWriter) {
        guard isJSON else { return writer.string(text) }
        // A line break between tokens is white space, within strings it is escaped: none may break an event's line.
        var json = Array(text.utf8)
        for index in json.indices where json[index] == 0x0A || json[index] == 0x0D { json[index] = 0x20 }
        writer.raw(json)
    }
}

extension ToolCall {
    /// A string argument.
    func argument(_ name: String) -> String? {
        (try? JSONParser.parse(arguments))?[name]?.string
    }
}
