import HoldfastCore
import NIOCore

/// Reads the event stream of a Messages request.
struct AnthropicAnswerReader: AnswerReader {
    static let isStream = true

    private var splitter: EventStreamSplitter
    private var assembler: AnthropicAnswerAssembler

    init(limits: Limits, tools: ToolSelection) {
        splitter = EventStreamSplitter(maximumEvent: 2 * limits.modelOutput)
        assembler = AnthropicAnswerAssembler(limits: limits, tools: tools)
    }

    var isDone: Bool { assembler.isDone }
    var isComplete: Bool { assembler.isComplete }

    mutating func take(_ chunk: ByteBuffer, emit: (ModelPiece) -> Void) throws(ModelError) {
        splitter.append(chunk)
        while let data = try splitter.next() {
            let event: JSON
            do {
                event = try JSONParser.parse(data)
            } catch {
                throw .notJSON(error)
            }
            try assembler.take(event, emit: emit)
        }
    }

    /// The standard drops an event without a blank line behind it, and nothing is lost with it.
    mutating func end(emit: (ModelPiece) -> Void) throws(ModelError) {}

    func answer(from host: String) -> Result<(ModelAnswer, TokenUsage?), ModelError> { assembler.answer(from: host) }
}
