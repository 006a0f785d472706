import AsyncHTTPClient
import HoldfastCore
import NIOCore

extension OpenAIExchange {
    /// Sends a streamed Responses request and reads the answer.
    func run(
        _ body: ResponsesRequestBody, emit: @escaping @Sendable (ModelPiece) -> Void
    ) async throws(ModelError) -> ResponsesAnswer {
        let url = address.url(.responses, model: body.request.model)
        return try await http.run(
            httpRequest(url, ByteBuffer(bytes: JSONWriter.bytes(body))),
            reader: ResponsesAnswerReader(limits: limits, emit: emit), failure: OpenAIFailure.http, emit: emit)
    }
}

/// Reads a Responses stream, or the whole response of a server that does not stream.
private struct ResponsesAnswerReader: AnswerReader {
    // Whether a body of JSON is an answer is seen in it.
    static let isStream = false

    private let limit: Int
    private var splitter: EventStreamSplitter
    private var assembler: ResponsesAssembler
    private var whole: [UInt8]?
    private var hasBegun = false

    init(limits: Limits, emit: @escaping @Sendable (ModelPiece) -> Void) {
        limit = 2 * limits.modelOutput
        splitter = EventStreamSplitter(maximumEvent: limit)
        assembler = ResponsesAssembler(limits: limits, emit: emit)
    }

    var isDone: Bool { assembler.isComplete }
    var isComplete: Bool { assembler.isComplete }

    mutating func take(_ chunk: ByteBuffer, emit: (ModelPiece) -> Void) throws(ModelError) {
        if !hasBegun, let first = chunk.readableBytesView.first {
            hasBegun = true
            if first == UInt8(ascii: "{") { whole = [] }
        }
        guard whole == nil else {
            whole?.append(contentsOf: chunk.readableBytesView)
            guard whole?.count ?? 0 <= limit else {
                throw ModelError(.server, "the answer is larger than \(limit / 2) bytes", isRetryable: false)
            }
            return
        }
        splitter.append(chunk)
        while let data = try splitter.next() { try assembler.take(data) }
    }

    mutating func end(emit: (ModelPiece) -> Void) throws(ModelError) {
        if let whole { return try assembler.take(whole: whole) }
        if let data = try splitter.rest() { try assembler.take(data, mayBeCut: true) }
    }

    func answer(from host: String) -> Result<ResponsesAnswer, ModelError> { assembler.answer(from: host) }
}
