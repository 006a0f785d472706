import Foundation
import HoldfastCore
import HoldfastModels

/// Embeddings (`CreateEmbeddingResponse` of the `openai` package).
struct EmbeddingList: JSONWritable {
    let model: String
    let answer: EmbeddingAnswer
    /// Whether vectors are base64 of 32-bit floats, little endian, instead of numbers.
    let isBase64: Bool

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("object", "list")
            writer.array("data") { writer in
                for (index, vector) in answer.vectors.enumerated() {
                    writer.object { writer in
                        writer.member("object", "embedding")
                        writer.member("index", index)
                        if isBase64 {
                            writer.member("embedding", Self.base64(vector))
                        } else {
                            writer.array("embedding") { writer in
                                for number in vector { writer.literal(number.description) }
                            }
                        }
                    }
                }
            }
            writer.member("model", model)
            writer.object("usage") { writer in
                writer.member("prompt_tokens", answer.inputTokens)
                writer.member("total_tokens", answer.inputTokens)
            }
        }
    }

    private static func base64(_ vector: [Float]) -> String {
        var bytes = Data(capacity: 4 * vector.count)
        for number in vector { withUnsafeBytes(of: number.bitPattern.littleEndian) { bytes.append(contentsOf: $0) } }
        return bytes.base64EncodedString()
    }
}
