import HoldfastCore

/// What a completion and all its chunks have in common.
struct ChatHead: Sendable {
    let id: String
    /// Seconds since 1970.
    let created: Int64
    /// The model as the client named it.
    let model: String

    func write(object: String, to writer: inout JSONWriter) {
        writer.member("id", id)
        writer.member("object", object)
        writer.member("created", created)
        writer.member("model", model)
    }
}

/// A whole answer (`ChatCompletion` of the `openai` package). Reasoning stands in `reasoning_content`, where other
/// servers of this dialect put it too.
struct ChatCompletion: JSONWritable {
    let head: ChatHead
    let answer: ModelAnswer

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            head.write(object: "chat.completion", to: &writer)
            writer.array("choices") { writer in
                writer.object { writer in
                    writer.member("index", 0)
                    writer.object("message") { writer in
                        writer.member("role", "assistant")
                        writer.member("content", answer.text.isEmpty && !answer.calls.isEmpty ? nil : answer.text)
                        writer.member("refusal", JSON.null)
                        if !answer.reasoning.isEmpty { writer.member("reasoning_content", answer.reasoning) }
                        if !answer.calls.isEmpty {
                            let ids = ChatCallIDs(head)
                            writer.array("tool_calls") { writer in
                                for (index, call) in answer.calls.enumerated() {
                                    writer.value(ChatCall(id: ids[index], call: call))
                                }
                            }
                        }
                    }
                    writer.member("logprobs", JSON.null)
                    writer.member("finish_reason", answer.finishReason)
                }
            }
            writer.member("usage", ChatUsage(usage: answer.usage))
        }
    }
}

extension ModelAnswer {
    /// Why the answer ended, in the words of Chat Completions.
    var finishReason: String { isTruncated ? "length" : calls.isEmpty ? "stop" : "tool_calls" }
}

/// The ids of the calls of one completion.
struct ChatCallIDs {
    private let key: Substring

    init(_ head: ChatHead) { key = head.id.dropFirst("chatcmpl_".count) }

    subscript(index: Int) -> String { "call_\(key)_\(index)" }
}

/// A tool call; with an index, as it stands in a chunk.
struct ChatCall: JSONWritable {
    var index: Int?
    let id: String
    let call: ModelAnswer.Call

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member(ifPresent: "index", index)
            writer.member("id", id)
            writer.member("type", "function")
            writer.object("function") { writer in
                writer.member("name", call.name)
                writer.member("arguments", call.arguments)
            }
        }
    }
}

/// Token usage in the words of Chat Completions.
struct ChatUsage: JSONWritable {
    let usage: TokenUsage

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("prompt_tokens", usage.input)
            writer.member("completion_tokens", usage.output)
            writer.member("total_tokens", usage.input + usage.output)
            writer.object("prompt_tokens_details") { $0.member("cached_tokens", usage.cached) }
            writer.object("completion_tokens_details") { $0.member("reasoning_tokens", usage.reasoning) }
        }
    }
}
