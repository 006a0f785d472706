import HoldfastCore

/// A model's answer and what the provider said about its tokens.
struct ResponsesAnswer: Sendable {
    var answer: ModelAnswer
    /// `nil` when the provider reported nothing.
    var usage: TokenUsage?
}

/// Puts an answer together from the events of a Responses stream, and emits its pieces.
///
/// What an item says when it is done is what counts; deltas are only shown. Events that are not known are skipped, the
/// progress of hosted tools among them.
struct ResponsesAssembler {
    private let maximumBytes: Int
    private let maximumCalls: Int
    private var bytes = 0
    /// Done items by their place.
    private var items: [Int: JSONObject] = [:]
    private var live: ResponsesLivePieces
    private var usage: TokenUsage?
    private var incompleteReason: String?

    /// The response has ended well; nothing follows.
    private(set) var isComplete = false

    init(limits: Limits, emit: @escaping @Sendable (ModelPiece) -> Void) {
        maximumBytes = limits.modelOutput
        maximumCalls = limits.callsPerModelAnswer
        live = ResponsesLivePieces(emit: emit)
    }

    /// Takes the data of one event.
    /// - Parameter mayBeCut: the stream ended within this event; half an event is nothing.
    mutating func take(_ data: [UInt8], mayBeCut: Bool = false) throws(ModelError) {
        guard !isComplete, !data.elementsEqual("[DONE]".utf8) else { return }
        let event: JSON
        do {
            event = try JSONParser.parse(data)
        } catch {
            if mayBeCut { return }
            throw ModelError(.server, "the provider sent an event that is not JSON: \(error.reason)", isRetryable: true)
        }
        let place = event["output_index"]?.integer.flatMap { Int(exactly: $0) } ?? 0
        switch event["type"]?.string {
        case "response.output_item.added":
            if let item = event["item"]?.object { live.added(item, at: place) }
        case "response.output_text.delta":
            live.text(try delta(event), of: event, at: place)
        case "response.reasoning_summary_text.delta", "response.reasoning_text.delta", "response.reasoning.delta":
            live.reasoning(try delta(event), of: event, at: place)
        case "response.output_item.done":
            guard let item = event["item"]?.object else { return }
            // Some servers give every item the same place.
            let isTaken = items[place].map { $0["id"] != item["id"] || $0["type"] != item["type"] } == true
            try keep(item, at: isTaken ? (items.keys.max() ?? 0) + 1 : place)
        case "response.completed", "response.incomplete", "response.failed", "response.cancelled":
            try end(event["response"] ?? event)
        case "error": throw OpenAIFailure.inStream(event["error"]?.object == nil ? event : event["error"] ?? event)
        case nil:
            if let error = event["error"], !error.isNull { throw OpenAIFailure.inStream(error) }
        default: break
        }
    }

    /// Takes the body of an answer that was not streamed.
    mutating func take(whole body: [UInt8]) throws(ModelError) {
        let json: JSON
        do {
            json = try JSONParser.parse(body)
        } catch {
            throw ModelError(.server, "the provider sent no JSON: \(error.reason)", isRetryable: true)
        }
        if let error = json["error"], !error.isNull, json["output"] == nil { throw OpenAIFailure.inStream(error) }
        guard json["output"]?.array != nil else {
            throw ModelError(.server, "the provider sent something that is no response", isRetryable: true)
        }
        try end(json)
    }

    private mutating func delta(_ event: JSON) throws(ModelError) -> String {
        let delta = event["delta"]?.string ?? ""
        try grow(by: delta.utf8.count)
        return delta
    }

    private mutating func keep(_ item: JSONObject, at place: Int) throws(ModelError) {
        guard items[place] == nil else { return }
        guard items.count < maximumCalls + ResponsesAnswerBuilder.maximumOtherItems else {
            throw ModelError(.server, "the answer has more items than this server takes", isRetryable: false)
        }
        let size = JSONWriter.bytes(item).count
        guard size <= 2 * maximumBytes else { throw tooLarge }
        // Texts were counted as they came.
        if item["type"] != "message", item["type"] != "reasoning" { try grow(by: size) }
        items[place] = item
        live.done(item, at: place)
    }

    /// The response as it is at its end. Some servers say only here what came out, others only before.
    private mutating func end(_ response: JSON) throws(ModelError) {
        if let error = response["error"], !error.isNull { throw OpenAIFailure.inStream(error) }
        switch response["status"]?.string {
        case "failed", "cancelled":
            throw ModelError(.server, "the provider gave the answer up", isRetryable: true)
        case "incomplete": incompleteReason = response["incomplete_details"]?["reason"]?.string ?? "max_output_tokens"
        default: break
        }
        for (place, item) in (response["output"]?.array ?? []).enumerated() {
            if let item = item.object { try keep(item, at: place) }
        }
        usage = response["usage"]?.object.map { TokenUsage(responses: $0) }
        isComplete = true
    }

    private mutating func grow(by count: Int) throws(ModelError) {
        bytes += count
        guard bytes <= maximumBytes else { throw tooLarge }
    }

    private var tooLarge: ModelError {
        ModelError(.server, "the answer is larger than \(maximumBytes) bytes", isRetryable: false)
    }

    /// The whole answer, once the stream has ended.
    func answer(from host: String) -> Result<ResponsesAnswer, ModelError> {
        guard isComplete else {
            return .failure(
                ModelError(.connection, "\(host) ended the stream before the answer was complete", isRetryable: true))
        }
        var builder = ResponsesAnswerBuilder()
        for place in items.keys.sorted() {
            if let item = items[place] { builder.add(item) }
        }
        guard builder.answer.calls.count <= maximumCalls else {
            return .failure(
                ModelError(.server, "the answer has more than \(maximumCalls) tool calls", isRetryable: false))
        }
        var answer = builder.finished
        answer.usage = usage ?? TokenUsage()
        answer.isFiltered = incompleteReason == "content_filter"
        answer.isTruncated = incompleteReason != nil && !answer.isFiltered
        return .success(ResponsesAnswer(answer: answer, usage: usage))
    }
}

extension TokenUsage {
    /// The `usage` object of Responses; what is missing or makes no sense is 0.
    fileprivate init(responses json: JSONObject) {
        func tokens(_ value: JSON?) -> Int { Int(min(max(0, value?.integer ?? 0), 1_000_000_000)) }
        let input = tokens(json["input_tokens"])
        let output = tokens(json["output_tokens"])
        let details = json["input_tokens_details"]
        let cached = min(input, tokens(details?["cached_tokens"]))
        self.init(
            input: input, cached: cached, cacheWrite: min(input - cached, tokens(details?["cache_write_tokens"])),
            output: output,
            reasoning: min(output, tokens(json["output_tokens_details"]?["reasoning_tokens"])))
    }
}
