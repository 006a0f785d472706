/// A model call was answered: the one place where the answer is stored.
public struct ModelAnswered: Sendable, Equatable, JSONWritable {
    public var answer: ModelAnswer
    /// Who runs each of the answer's calls.
    public var runners: [ToolCall.Runner]

    public init(answer: ModelAnswer, runners: [ToolCall.Runner]) {
        self.answer = answer
        self.runners = runners
    }

    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            if !answer.reasoning.isEmpty { writer.member("reasoning", answer.reasoning) }
            writer.member(ifPresent: "replay", answer.replay)
            if !answer.text.isEmpty { writer.member("text", answer.text) }
            if !answer.refusal.isEmpty { writer.member("refusal", answer.refusal) }
            if !answer.annotations.isEmpty { writer.member("annotations", answer.annotations) }
            if !answer.logprobs.isEmpty { writer.member("logprobs", answer.logprobs) }
            if !answer.calls.isEmpty {
                writer.array("calls") { writer in
                    for (call, runner) in zip(answer.calls, runners) {
                        writer.value(
                            ToolCall(
                                id: "", name: call.name, arguments: call.arguments, isCustom: call.isCustom,
                                runner: runner))
                    }
                }
            }
            if !answer.messageMembers.isEmpty { writer.member("message", answer.messageMembers) }
            if !answer.output.isEmpty { writer.member("output", answer.output) }
            writer.member("usage", answer.usage)
            if answer.cost != 0 { writer.member("cost", answer.cost) }
            if answer.isTruncated { writer.member("truncated", true) }
            if answer.isFiltered { writer.member("filtered", true) }
        }
    }

    init(_ json: JSONObject) throws(JSONReadError) {
        let calls = try (json["calls"] == nil ? [] : json.objects("calls")).map { (call) throws(JSONReadError) in
            try ToolCall(call)
        }
        var answer = ModelAnswer(
            reasoning: json["reasoning"]?.string ?? "", replay: json["replay"]?.object,
            text: json["text"]?.string ?? "", refusal: json["refusal"]?.string ?? "",
            annotations: json["annotations"]?.array ?? [], logprobs: json["logprobs"]?.array ?? [],
            calls: calls.map { ModelAnswer.Call(name: $0.name, arguments: $0.arguments, isCustom: $0.isCustom) },
            usage: try TokenUsage(json.array("usage")), cost: json["cost"]?.integer ?? 0,
            isTruncated: json["truncated"]?.bool ?? false, isFiltered: json["filtered"]?.bool ?? false)
        answer.messageMembers = json["message"]?.object ?? [:]
        answer.output = try (json["output"]?.array ?? []).map { (part) throws(JSONReadError) in
            try ModelAnswer.Output(part)
        }
        self.init(answer: answer, runners: calls.map(\.runner))
    }
}
