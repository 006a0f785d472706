/// A regular expression of a JSON schema, as far as such expressions usually go: literals, classes, groups,
/// alternatives, counts, `^` and `$`. Matching takes a bounded number of steps whatever the pattern.
struct ImprovPattern: Sendable {
    indirect enum Node: Sendable {
        case set(ImprovCharacterSet)
        case group([[Piece]])
        case start
        case end
    }

    /// A node and how often it stands.
    struct Piece: Sendable {
        var node: Node
        var minimum = 1
        var maximum = 1
    }

    static let unbounded = 1_000
    private static let maximumSteps = 20_000
    private static let maximumDepth = 1_000
    private static let maximumText = 200

    private let alternatives: [[Piece]]

    /// `nil` when the pattern has something that is not known here.
    init?(_ source: String) {
        guard source.utf8.count <= 500 else { return nil }
        var parser = ImprovPatternParser(source)
        guard let alternatives = parser.alternatives(), parser.isAtEnd else { return nil }
        self.alternatives = alternatives
    }

    /// Whether the pattern is found in a text. A long text, or a search that takes too many steps, finds nothing.
    func matches(_ text: String) -> Bool {
        let characters = Array(text)
        guard characters.count <= Self.maximumText else { return false }
        let search = Search(text: characters)
        return (0...characters.count).contains { start in
            search.match([Piece(node: .group(alternatives))], start, 0) { _, _ in true }
        }
    }

    /// One search by backtracking, with a bound for all of it.
    private final class Search {
        let text: [Character]
        private var steps = ImprovPattern.maximumSteps

        init(text: [Character]) { self.text = text }

        func match(_ pieces: ArraySlice<Piece>, _ index: Int, _ depth: Int, then: (Int, Int) -> Bool) -> Bool {
            steps -= 1
            guard steps > 0, depth < ImprovPattern.maximumDepth else { return false }
            guard let piece = pieces.first else { return then(index, depth + 1) }
            let rest = pieces.dropFirst()
            if piece.maximum > 0 {
                var again = piece
                again.maximum -= 1
                again.minimum = max(0, piece.minimum - 1)
                let more = [again] + rest
                switch piece.node {
                case .start: return index == 0 && match(rest, index, depth + 1, then: then)
                case .end: return index == text.count && match(rest, index, depth + 1, then: then)
                case .set(let set):
                    if index < text.count, set.contains(text[index]),
                        match(more[...], index + 1, depth + 1, then: then)
                    {
                        return true
                    }
                case .group(let alternatives):
                    for alternative in alternatives {
                        let isFound = match(alternative[...], index, depth + 1) { next, depth in
                            // A group that took nothing is not tried again.
                            match(next == index ? rest : more[...], next, depth, then: then)
                        }
                        if isFound { return true }
                    }
                }
            }
            return piece.minimum == 0 && match(rest, index, depth + 1, then: then)
        }
    }

    /// A text that fits: the first alternatives, and as few repetitions as `minimum` characters need.
    func example(minimum: Int = 0) -> String {
        var text = ""
        for extra in 0...min(max(0, minimum), Self.maximumText) {
            text = ""
            Self.write(alternatives, extra: extra, to: &text)
            if text.count >= minimum { break }
        }
        return text
    }

    private static func write(_ alternatives: [[Piece]], extra: Int, to text: inout String) {
        for piece in alternatives.first ?? [] {
            let count = min(piece.maximum, piece.minimum + (piece.maximum > piece.minimum ? extra : 0))
            for _ in 0..<count {
                // Counts within counts multiply.
                guard text.utf8.count < 10 * maximumText else { return }
                switch piece.node {
                case .start, .end: break
                case .set(let set): text.append(set.example)
                case .group(let inner): write(inner, extra: extra, to: &text)
                }
            }
        }
    }
}
