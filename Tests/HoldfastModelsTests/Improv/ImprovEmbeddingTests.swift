import HoldfastModels
import Testing

@Suite("Improv: embeddings")
struct ImprovEmbeddingTests {
    private func embed(_ inputs: [EmbeddingRequest.Input], _ dimensions: Int? = nil) async throws -> EmbeddingAnswer {
        try await ImprovProvider().embed(EmbeddingRequest(model: "improv", inputs: inputs, dimensions: dimensions))
    }

    private func near(_ left: [Float], _ right: [Float]) -> Float { zip(left, right).reduce(0) { $0 + $1.0 * $1.1 } }

    @Test("vectors have length 1 and the dimensions asked for")
    func shape() async throws {
        let inputs: [EmbeddingRequest.Input] = [.text("a cat"), .text("!!!"), .tokens([1, 2, 3])]
        for dimensions in [nil, 1, 7, 256] {
            let answer = try await embed(inputs, dimensions)
            #expect(answer.vectors.count == 3)
            for vector in answer.vectors {
                #expect(vector.count == dimensions ?? 1_536)
                #expect(abs(near(vector, vector) - 1) < 1e-4)
            }
            #expect(answer.inputTokens == 2 + 1 + 3)
        }
        #expect(try await embed(inputs) == embed(inputs))
    }

    @Test("texts that are alike are near each other")
    func nearness() async throws {
        let vectors = try await embed([
            .text("The cat sat on the mat."), .text("Cats are sitting on mats"), .text("Stock prices fell sharply"),
        ]).vectors
        #expect(near(vectors[0], vectors[1]) > near(vectors[0], vectors[2]) + 0.2)
    }
}
