import HoldfastCore

/// A model's answer and what the provider said about its tokens.
struct OpenAIAnswer: Sendable {
    var answer: ModelAnswer
    /// `nil` when the provider reported nothing.
    var usage: TokenUsage?
}

/// Puts an answer together from the chunks of a Chat Completions stream, and emits its pieces.
///
/// Unknown fields and events are skipped: servers differ, and they grow.
struct OpenAIAnswerAssembler {
    private let maximumBytes: Int
    private let maximumCalls: Int
    private var bytes = 0
    private var reasoning = ""
    private var text = ""
    private var refusal = ""
    private var annotations: [JSON] = []
    private var logprobs: [JSON] = []
    /// The member in which reasoning came.
    private var reasoningMember: String?
    private var calls = OpenAIToolCalls()
    private var usage: TokenUsage?
    private var finishReason: String?

    /// The server said that nothing follows.
    private(set) var isDone = false

    init(limits: Limits) {
        maximumBytes = limits.modelOutput
        maximumCalls = limits.callsPerModelAnswer
    }

    /// Nothing of the answer itself is missing. `[DONE]` alone says so only when there was an answer: gateways also send
    /// it after the server behind them broke off.
    var isComplete: Bool { finishReason != nil || (isDone && (!text.isEmpty || !refusal.isEmpty || calls.count > 0)) }

    /// Takes the data of one event.
    /// - Parameter mayBeCut: the stream ended within this event; half an event is nothing.
    mutating func take(
        _ data: [UInt8], mayBeCut: Bool = false, emit: (ModelPiece) -> Void
    ) throws(ModelError) {
        guard !isDone else { return }
        if data.elementsEqual("[DONE]".utf8) {
            isDone = true
            return
        }
        let chunk: JSON
        do {
            chunk = try JSONParser.parse(data)
        } catch {
            if mayBeCut { return }
            throw ModelError(.server, "the provider sent an event that is not JSON: \(error.reason)", isRetryable: true)
        }
        if let error = chunk["error"], !error.isNull { throw OpenAIFailure.inStream(error) }
        if let reported = chunk["usage"]?.object { usage = TokenUsage(openAI: reported) }
        for choice in chunk["choices"]?.array ?? [] where choice["index"]?.integer ?? 0 == 0 {
            if let delta = choice["delta"] { try take(delta: delta, emit: emit) }
            for entry in choice["logprobs"]?["content"]?.array ?? [] { try take(logprob: entry) }
            if let reason = choice["finish_reason"]?.string { finishReason = reason }
        }
    }

    private mutating func take(delta: JSON, emit: (ModelPiece) -> Void) throws(ModelError) {
        // Not OpenAI's own: two names for the same field are about, and some servers send both.
        let names = ["reasoning_content", "reasoning"]
        let member = names.first { delta[$0]?.string != nil }
        let thought = member.flatMap { delta[$0]?.string } ?? ""
        // Reasoning that comes after text is left out: its item is closed by then.
        if !thought.isEmpty, text.isEmpty {
            try grow(by: thought.utf8.count)
            reasoning += thought
            reasoningMember = reasoningMember ?? member
            emit(.reasoning(thought))
        }
        if let piece = delta["content"]?.string, !piece.isEmpty {
            try grow(by: piece.utf8.count)
            text += piece
            emit(.text(piece))
        }
        if let piece = delta["refusal"]?.string {
            try grow(by: piece.utf8.count)
            refusal += piece
        }
        for annotation in delta["annotations"]?.array ?? [] {
            let annotation = Self.flat(annotation)
            try grow(by: annotation.text.utf8.count)
            annotations.append(annotation)
        }
        for fragment in delta["tool_calls"]?.array ?? [] {
            try grow(by: calls.take(fragment))
            guard calls.count <= maximumCalls else {
                throw ModelError(.server, "the answer has more than \(maximumCalls) tool calls", isRetryable: false)
            }
        }
    }

    /// An entry counts as the tokens that it names.
    private mutating func take(logprob entry: JSON) throws(ModelError) {
        let tokens = [entry] + (entry["top_logprobs"]?.array ?? [])
        try grow(by: tokens.reduce(0) { $0 + 1 + ($1["token"]?.string?.utf8.count ?? 0) })
        logprobs.append(entry)
    }

    /// A citation as Responses writes it: its members beside its type instead of below it.
    private static func flat(_ annotation: JSON) -> JSON {
        guard let type = annotation["type"]?.string, let inner = annotation[type]?.object else { return annotation }
        var flat: JSONObject = ["type": .string(type)]
        for member in inner.members { flat[member.name] = member.value }
        return .object(flat)
    }

    private mutating func grow(by count: Int) throws(ModelError) {
        bytes += count
        guard bytes <= maximumBytes else {
            throw ModelError(.server, "the answer is larger than \(maximumBytes) bytes", isRetryable: false)
        }
    }

    /// The whole answer, once the stream has ended.
    func answer(from host: String) -> Result<OpenAIAnswer, ModelError> {
        guard isComplete else {
            return .failure(
                ModelError(.connection, "\(host) ended the stream before the answer was complete", isRetryable: true))
        }
        guard let calls = calls.calls else {
            return .failure(ModelError(.server, "\(host) sent a tool call without a name", isRetryable: true))
        }
        let answer = ModelAnswer(
            reasoning: reasoning, replay: reasoningMember.map { OpenAIReplay.replay(member: $0, host: host) },
            text: text, refusal: refusal, annotations: annotations, logprobs: logprobs, calls: calls,
            usage: usage ?? TokenUsage(), isTruncated: finishReason == "length" || finishReason == "content_filter",
            isFiltered: finishReason == "content_filter")
        return .success(OpenAIAnswer(answer: answer, usage: usage))
    }
}

extension TokenUsage {
    /// The `usage` object of Chat Completions, Embeddings or Responses; what is missing or makes no sense is 0.
    init(openAI json: JSONObject) {
        func tokens(_ value: JSON?) -> Int { Int(min(max(0, value?.integer ?? 0), 1_000_000_000)) }
        let input = tokens(json["prompt_tokens"] ?? json["input_tokens"])
        let output = tokens(json["completion_tokens"] ?? json["output_tokens"])
        let details = json["prompt_tokens_details"] ?? json["input_tokens_details"]
        let thoughts = json["completion_tokens_details"] ?? json["output_tokens_details"]
        let cached = min(input, tokens(details?["cached_tokens"]))
        self.init(
            input: input, cached: cached, cacheWrite: min(input - cached, tokens(details?["cache_write_tokens"])),
            output: output, reasoning: min(output, tokens(thoughts?["reasoning_tokens"])))
    }
}
