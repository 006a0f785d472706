import HoldfastCore

/// Makes an answer of the items that came out. The first reasoning, the first message and plain calls have shapes of
/// their own; everything else stays as it came, at its place.
struct ResponsesAnswerBuilder {
    /// How many items an answer may have beside its calls.
    static let maximumOtherItems = 1_000

    private(set) var answer = ModelAnswer()
    private var output: [ModelAnswer.Output] = []

    mutating func add(_ item: JSONObject) {
        if item["type"] == "reasoning", !output.contains(.reasoning) {
            answer.reasoning = item.reasoningText
            answer.replay = ["responses": .object(item)]
            output.append(.reasoning)
        } else if item["type"] == "message", !output.contains(.message) {
            take(message: item)
            output.append(.message)
        } else if let call = Self.call(of: item) {
            output.append(.call(answer.calls.count))
            answer.calls.append(call)
        } else {
            output.append(.item(item))
        }
    }

    /// The answer; its order is left out where it is the usual one.
    var finished: ModelAnswer {
        var finished = answer
        let usual: [ModelAnswer.Output] = [.reasoning, .message] + answer.calls.indices.map { .call($0) }
        if output != usual.filter(output.contains) { finished.output = output }
        return finished
    }

    private mutating func take(message: JSONObject) {
        let parts = message["content"]?.array ?? []
        answer.messageMembers["phase"] = message["phase"].flatMap { $0.isNull ? nil : $0 }
        if parts.count == 1, parts[0]["type"] == "output_text", let text = parts[0]["text"]?.string, !text.isEmpty {
            answer.text = text
            answer.annotations = parts[0]["annotations"]?.array ?? []
            answer.logprobs = parts[0]["logprobs"]?.array ?? []
        } else if parts.count == 1, let refusal = parts[0]["refusal"]?.string, !refusal.isEmpty {
            answer.refusal = refusal
        } else {
            answer.text = message.messageText
            answer.messageMembers["content"] = .array(parts)
        }
    }

    /// A call of a tool that is not the provider's; `nil` when a call without more than name and arguments would not be
    /// the whole of it.
    static func call(of item: JSONObject) -> ModelAnswer.Call? {
        let isCustom = item["type"] == "custom_tool_call"
        guard isCustom || item["type"] == "function_call", let name = item["name"]?.string, !name.isEmpty else {
            return nil
        }
        let text = isCustom ? "input" : "arguments"
        let plain = ["type", "id", "call_id", "status", "name", text]
        guard item.members.allSatisfy({ plain.contains($0.name) || $0.value.isNull }) else { return nil }
        let arguments = item[text]?.string ?? ""
        return ModelAnswer.Call(
            name: name, arguments: arguments.isEmpty && !isCustom ? "{}" : arguments, isCustom: isCustom)
    }
}
