import HoldfastCore

/// An item as Responses and Conversations show it (`ResponseItem` of the `openai` package).
struct ResponseItem: JSONWritable {
    let item: Item
    /// As `response.output_item.added` shows it: before anything was streamed.
    var isJustAdded = false
    /// Whether reasoning carries what a stateless client sends back.
    var withEncryptedContent = false

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", item.id)
            switch item.body {
            case .userMessage(let parts):
                writer.member("type", "message")
                writer.member("role", "user")
                writer.member("status", "completed")
                writer.member("content", parts.map(InputPart.init))
            case .assistantMessage(let text, _):
                writer.member("type", "message")
                writer.member("role", "assistant")
                writer.member("status", status)
                writer.member(ifPresent: "phase", item.details?["phase"])
                if !isJustAdded, let content = item.details?["content"] {
                    writer.member("content", content)
                } else {
                    writer.array("content") { writer in
                        if !isJustAdded { writer.value(OutputPart(item: item, text: text)) }
                    }
                }
            case .reasoning(let summary): write(reasoning: summary, to: &writer)
            case .toolCall(let call): write(call, to: &writer)
            case .functionOutput(let call, let output):
                writer.member("type", "function_call_output")
                writer.member("call_id", call)
                writer.member("output", Output(output: output))
                writer.member("status", item.status == .failed ? "incomplete" : item.shownStatus)
            case .other(let other): writer.members(of: shown(other))
            case .deleted: writer.member("type", "deleted")
            }
        }
    }

    private var status: String { isJustAdded ? Item.Status.inProgress.rawValue : publicStatus }

    private var publicStatus: String { item.status == .failed ? "incomplete" : item.shownStatus }

    /// An item as it came, under its id here.
    private func shown(_ item: JSONObject) -> JSONObject {
        var shown = item
        shown["id"] = nil
        if item["type"] == "reasoning", !withEncryptedContent { shown["encrypted_content"] = nil }
        guard isJustAdded else { return shown }
        if item["status"]?.string != nil { shown["status"] = "in_progress" }
        for (name, empty) in [("content", JSON.array([])), ("arguments", ""), ("input", "")]
        where item[name].map({ $0.typeName == empty.typeName }) == true {
            shown[name] = empty
        }
        return shown
    }

    private func write(reasoning summary: String, to writer: inout JSONWriter) {
        writer.member("type", "reasoning")
        // An upstream of this dialect said it in its own parts.
        let original = isJustAdded ? nil : item.details?["replay"]?["responses"]?.object
        if let parts = original?["summary"]?.array {
            writer.member("summary", parts)
        } else {
            writer.array("summary") { writer in
                if !isJustAdded, !summary.isEmpty { writer.value(Text(type: "summary_text", text: summary)) }
            }
        }
        if let content = original?["content"]?.array, !content.isEmpty { writer.member("content", content) }
        if withEncryptedContent, !isJustAdded { writer.member("encrypted_content", encryptedContent(original)) }
        writer.member("status", status)
    }

    private func encryptedContent(_ original: JSONObject?) -> String? {
        if let original { return original["encrypted_content"]?.string }
        return item.details?["replay"]?.object.map { ContextEntry.replayPrefix + JSONWriter.text($0) }
    }

    private func write(_ call: ToolCall, to writer: inout JSONWriter) {
        guard case .server = call.runner else {
            writer.member("type", call.isCustom ? "custom_tool_call" : "function_call")
            writer.member("call_id", call.id)
            writer.member("name", call.name)
            if call.isCustom {
                writer.member("input", isJustAdded ? "" : call.arguments)
            } else {
                writer.member("arguments", isJustAdded ? "" : call.arguments)
            }
            writer.member("status", status)
            return
        }
        writer.member("type", "mcp_call")
        writer.member("server_label", ItemResource.serverLabel)
        writer.member("name", call.name)
        writer.member("arguments", isJustAdded ? "" : call.arguments)
        let succeeded = call.outcome?.kind == .succeeded
        writer.member("output", succeeded ? call.outcome?.output : nil)
        writer.name("error")
        if let outcome = call.outcome, !succeeded {
            writer.object { writer in
                writer.member("type", "mcp_tool_execution_error")
                writer.member("content", [Text(type: "text", text: outcome.output)])
            }
        } else {
            writer.null()
        }
        writer.member("approval_request_id", JSON.null)
        writer.member("status", isJustAdded ? "in_progress" : item.status.rawValue)
    }
}

/// A part of an assistant's message.
struct OutputPart: JSONWritable {
    let item: Item
    let text: String

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            if item.isRefusal {
                writer.member("type", "refusal")
                writer.member("refusal", text)
            } else {
                writer.member("type", "output_text")
                writer.member("text", text)
                writer.member("annotations", item.details?["annotations"] ?? [])
                writer.member("logprobs", item.details?["logprobs"] ?? [])
            }
        }
    }
}

extension Item {
    /// Whether the message says that the model will not answer.
    var isRefusal: Bool { details?["refusal"]?.bool == true }
}

/// A part of a message to the model.
private struct InputPart: JSONWritable {
    let part: ContentPart

    func write(to writer: inout JSONWriter) {
        switch part {
        case .text(let text): writer.value(Text(type: "input_text", text: text))
        case .image(let url, let detail):
            writer.object { writer in
                writer.member("type", "input_image")
                writer.member("image_url", url)
                writer.member("detail", detail ?? "auto")
            }
        case .other(let other): writer.value(other)
        }
    }
}

/// The result of a function call.
private struct Output: JSONWritable {
    let output: FunctionOutput

    func write(to writer: inout JSONWriter) {
        switch output {
        case .none: writer.string("")
        case .text(let text), .error(let text): writer.string(text)
        case .parts(let parts): writer.array(of: parts.map(InputPart.init))
        }
    }
}
