import HoldfastCore
import NIOCore

/// Reads the answer of Converse, which comes in one piece.
struct BedrockWholeReader: AnswerReader {
    static let isStream = false

    private let maximumBytes: Int
    private var body: [UInt8] = []
    private var assembler: BedrockAnswerAssembler

    init(limits: Limits, tools: ToolSelection) {
        // Every byte of a text may be escaped with six.
        maximumBytes = 8 * limits.modelOutput
        assembler = BedrockAnswerAssembler(limits: limits, tools: tools)
    }

    var isDone: Bool { false }
    var isComplete: Bool { assembler.isComplete }

    mutating func take(_ chunk: ByteBuffer, emit: (ModelPiece) -> Void) throws(ModelError) {
        body.append(contentsOf: chunk.readableBytesView)
        guard body.count <= maximumBytes else {
            throw ModelError(.server, "the answer is larger than \(maximumBytes) bytes", isRetryable: false)
        }
    }

    /// Gives the assembler the answer as the events that a stream would have had.
    mutating func end(emit: (ModelPiece) -> Void) throws(ModelError) {
        let json: JSON
        do {
            json = try JSONParser.parse(body)
        } catch {
            throw .notJSON(error)
        }
        guard let content = json["output"]?["message"]?["content"]?.array else {
            throw ModelError(.server, "the provider answered without a message", isRetryable: true)
        }
        for (index, block) in content.enumerated() {
            let place = JSON.integer(Int64(index))
            if let call = block["toolUse"] {
                let start: JSON = ["contentBlockIndex": place, "start": ["toolUse": ["name": call["name"] ?? .null]]]
                try assembler.take(event: "contentBlockStart", start, emit: emit)
                try delta(["toolUse": ["input": .string(call["input"]?.text ?? "")]], at: place, emit: emit)
            } else if let thought = block["reasoningContent"] {
                try delta(["reasoningContent": thought["reasoningText"] ?? thought], at: place, emit: emit)
            } else {
                try delta(block, at: place, emit: emit)
            }
        }
        try assembler.take(event: "messageStop", ["stopReason": json["stopReason"] ?? "end_turn"], emit: emit)
        if let usage = json["usage"] { try assembler.take(event: "metadata", ["usage": usage], emit: emit) }
    }

    private mutating func delta(_ delta: JSON, at place: JSON, emit: (ModelPiece) -> Void) throws(ModelError) {
        try assembler.take(event: "contentBlockDelta", ["contentBlockIndex": place, "delta": delta], emit: emit)
    }

    func answer(from host: String) -> Result<(ModelAnswer, TokenUsage?), ModelError> { assembler.answer(from: host) }
}
