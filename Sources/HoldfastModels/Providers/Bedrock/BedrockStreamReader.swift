import HoldfastCore
import NIOCore

/// Reads the answer of ConverseStream.
struct BedrockStreamReader: AnswerReader {
    static let isStream = true

    private var decoder: EventStreamDecoder
    private var assembler: BedrockAnswerAssembler

    init(limits: Limits, tools: ToolSelection) {
        decoder = EventStreamDecoder(maximumMessage: 2 * limits.modelOutput)
        assembler = BedrockAnswerAssembler(limits: limits, tools: tools)
    }

    var isDone: Bool { assembler.isDone }
    var isComplete: Bool { assembler.isComplete }

    mutating func take(_ chunk: ByteBuffer, emit: (ModelPiece) -> Void) throws(ModelError) {
        decoder.append(chunk)
        while let message = try decoder.next() {
            let payload = message.payload
            switch message.headers[":message-type"] {
            case "event":
                let json: JSON
                do {
                    json = payload.isEmpty ? [:] : try JSONParser.parse(payload)
                } catch {
                    throw .notJSON(error)
                }
                try assembler.take(event: message.headers[":event-type"] ?? "", json, emit: emit)
            case "exception":
                throw BedrockFailure.inStream(
                    type: message.headers[":exception-type"] ?? "unknown", try? JSONParser.parse(payload))
            case "error":
                let text = message.headers[":error-message"].map { JSON.string($0) }
                throw BedrockFailure.inStream(
                    type: message.headers[":error-code"] ?? "unknown", ["message": text ?? .null])
            default: break
            }
        }
    }

    /// Half a message at the end is nothing.
    mutating func end(emit: (ModelPiece) -> Void) throws(ModelError) {}

    func answer(from host: String) -> Result<(ModelAnswer, TokenUsage?), ModelError> { assembler.answer(from: host) }
}
