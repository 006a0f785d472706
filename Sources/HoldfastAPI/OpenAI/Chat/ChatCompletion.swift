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

/// A whole answer (`ChatCompletion` of the `openai` package), with one or more choices. Reasoning stands in
/// `reasoning_content`, where other servers of this dialect put it too.
struct ChatCompletion: JSONWritable {
    let head: ChatHead
    let answers: [ModelAnswer]

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            head.write(object: "chat.completion", to: &writer)
            writer.array("choices") { writer in
                for (index, answer) in answers.enumerated() {
                    writer.object { writer in
                        writer.member("index", index)
                        writer.object("message") { write(answer, index, to: &$0) }
                        writer.member("logprobs", ChatLogprobs(answer))
                        writer.member("finish_reason", answer.finishReason)
                    }
                }
            }
            writer.member("usage", ChatUsage(answers))
        }
    }

    private func write(_ answer: ModelAnswer, _ choice: Int, to writer: inout JSONWriter) {
        let isSilent = answer.text.isEmpty && !(answer.calls.isEmpty && answer.refusal.isEmpty)
        writer.member("role", "assistant")
        writer.member("content", isSilent ? nil : answer.text)
        writer.member("refusal", answer.refusal.isEmpty ? nil : answer.refusal)
        if !answer.reasoning.isEmpty { writer.member("reasoning_content", answer.reasoning) }
        if !answer.annotations.isEmpty { writer.member("annotations", answer.chatAnnotations) }
        if !answer.calls.isEmpty {
            let ids = ChatCallIDs(head, choice: choice)
            writer.array("tool_calls") { writer in
                for (index, call) in answer.calls.enumerated() {
                    writer.value(ChatCall(id: ids[index], call: call))
                }
            }
        }
    }
}

extension ModelAnswer {
    /// Why the answer ended, in the words of Chat Completions.
    var finishReason: String {
        isFiltered ? "content_filter" : isTruncated ? "length" : calls.isEmpty ? "stop" : "tool_calls"
    }

    /// The citations as Chat Completions nests them: below the name of their type.
    var chatAnnotations: [JSON] {
        annotations.map { annotation in
            guard var inner = annotation.object, let type = inner["type"]?.string, inner[type] == nil else {
                return annotation
            }
            inner["type"] = nil
            var outer: JSONObject = ["type": .string(type)]
            outer[type] = .object(inner)
            return .object(outer)
        }
    }
}

/// The probabilities of an answer's tokens; `null` when there are none.
struct ChatLogprobs: JSONWritable {
    private let content: [JSON]

    init(_ answer: ModelAnswer) { content = answer.logprobs }

    func write(to writer: inout JSONWriter) {
        guard !content.isEmpty else { return writer.null() }
        writer.object { writer in
            writer.member("content", content)
            writer.member("refusal", JSON.null)
        }
    }
}

/// Token usage in the words of Chat Completions: the sum over all choices, each of which is a model call of its own.
struct ChatUsage: JSONWritable {
    private let usage: TokenUsage

    init(_ answers: [ModelAnswer]) { usage = answers.reduce(into: TokenUsage()) { $0 += $1.usage } }

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("prompt_tokens", usage.input)
            writer.member("completion_tokens", usage.output)
            writer.member("total_tokens", usage.input + usage.output)
            writer.object("prompt_tokens_details") { writer in
                writer.member("cached_tokens", usage.cached)
                writer.member("cache_write_tokens", usage.cacheWrite)
            }
            writer.object("completion_tokens_details") { $0.member("reasoning_tokens", usage.reasoning) }
        }
    }
}
