public import HoldfastCore

/// A stable hash (FNV-1a, 64 bits).
enum ImprovHash {
    static func of(_ text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}

extension ImprovProvider {
    /// The dimensions of a vector when none are asked for.
    public static let dimensions = 1_536

    public func embed(_ request: EmbeddingRequest) async throws(ModelError) -> EmbeddingAnswer {
        let dimensions = request.dimensions ?? Self.dimensions
        guard dimensions > 0 else {
            throw ModelError(.invalidRequest, "'dimensions' must be at least 1", isRetryable: false)
        }
        var answer = EmbeddingAnswer(vectors: [], inputTokens: 0)
        for input in request.inputs {
            let features: [(word: String, weight: Float)]
            switch input {
            case .text(let text):
                features = Self.features(of: text)
                answer.inputTokens += max(1, ScriptedLanguage.tokenCount(text))
            case .tokens(let tokens):
                features = tokens.map { (word: "#\($0)", weight: Float(1)) }
                answer.inputTokens += tokens.count
            }
            answer.vectors.append(Self.vector(features, dimensions))
            await Task.yield()
            if Task.isCancelled { throw ModelError(.connection, "cancelled", isRetryable: false) }
        }
        return answer
    }

    /// Words in their comparable form, and, with less weight, the groups of three letters within them, by which words
    /// that are alike come near each other.
    private static func features(of text: String) -> [(word: String, weight: Float)] {
        var features: [(String, Float)] = []
        for word in text.split(whereSeparator: { !ImprovText.isWordCharacter($0) }) {
            let stem = ImprovWords.stem(String(word))
            features.append((stem, ImprovWords.plain.contains(stem) ? 0.2 : 1))
            let letters = Array("<\(stem)>")
            guard letters.count > 3 else { continue }
            for start in 0...(letters.count - 3) { features.append((String(letters[start..<(start + 3)]), 0.2)) }
        }
        return features.isEmpty ? [(text, Float(1))] : features
    }

    /// Each feature goes to one place with one sign; the vector's length is 1.
    private static func vector(_ features: [(word: String, weight: Float)], _ dimensions: Int) -> [Float] {
        var sums: [Float] = Array(repeating: 0, count: dimensions)
        for (word, weight) in features {
            let hash = ImprovHash.of(word)
            // The low bits of this hash are not even; the high ones are mixed in.
            let mixed = (hash ^ (hash >> 29)) &* 0xBF58_476D_1CE4_E5B9
            sums[Int((mixed >> 8) % UInt64(dimensions))] += mixed & 1 == 0 ? weight : -weight
        }
        let length = sums.reduce(Float(0)) { $0 + $1 * $1 }.squareRoot()
        guard length > 0 else {
            // Everything cancelled out.
            sums[0] = 1
            return sums
        }
        return sums.map { $0 / length }
    }
}
