/// Which characters may stand at a place of a pattern.
struct ImprovCharacterSet: Sendable {
    var ranges: [ClosedRange<Character>] = []
    var isNegated = false

    static let digit = Self(ranges: ["0"..."9"])
    static let word = Self(ranges: ["a"..."z", "A"..."Z", "0"..."9", "_"..."_"])
    static let space = Self(ranges: [" "..." ", "\t"..."\t", "\n"..."\n", "\r"..."\r"])
    static let any = Self(ranges: ["\n"..."\n"], isNegated: true)

    func contains(_ character: Character) -> Bool {
        ranges.contains { $0.contains(character) } != isNegated
    }

    /// One of them.
    var example: Character {
        guard isNegated else { return ranges.first?.lowerBound ?? "a" }
        return "ab0A -".first { contains($0) } ?? "~"
    }
}

/// Reads a regular expression.
struct ImprovPatternParser {
    private typealias Piece = ImprovPattern.Piece

    private let source: [Character]
    private var index = 0
    private var depth = 0

    init(_ source: String) { self.source = Array(source) }

    var isAtEnd: Bool { index == source.count }

    private var next: Character? { index < source.count ? source[index] : nil }

    mutating func alternatives() -> [[ImprovPattern.Piece]]? {
        depth += 1
        defer { depth -= 1 }
        guard depth < 20 else { return nil }
        var all: [[Piece]] = [[]]
        while let character = next, character != ")" {
            if character == "|" {
                index += 1
                all.append([])
                continue
            }
            guard let node = node(), let piece = counted(node) else { return nil }
            all[all.count - 1].append(piece)
        }
        return all
    }

    private mutating func node() -> ImprovPattern.Node? {
        let character = source[index]
        index += 1
        switch character {
        case "^": return .start
        case "$": return .end
        case ".": return .set(.any)
        case "[": return characterClass().map { .set($0) }
        case "\\": return escape().map { .set($0) }
        case "(":
            if next == "?" {
                guard index + 1 < source.count, source[index + 1] == ":" else { return nil }
                index += 2
            }
            guard let inner = alternatives(), next == ")" else { return nil }
            index += 1
            return .group(inner)
        case "*", "+", "?", "{", ")": return nil
        default: return .set(ImprovCharacterSet(ranges: [character...character]))
        }
    }

    private mutating func counted(_ node: ImprovPattern.Node) -> ImprovPattern.Piece? {
        var piece = Piece(node: node)
        switch next {
        case "*": (piece.minimum, piece.maximum) = (0, ImprovPattern.unbounded)
        case "+": (piece.minimum, piece.maximum) = (1, ImprovPattern.unbounded)
        case "?": (piece.minimum, piece.maximum) = (0, 1)
        case "{":
            guard let end = source[index...].firstIndex(of: "}") else { return nil }
            let counts = String(source[(index + 1)..<end]).split(separator: ",", omittingEmptySubsequences: false)
            guard let minimum = counts.first.flatMap({ Int($0) }), counts.count <= 2 else { return nil }
            let maximum = counts.count == 1 ? minimum : counts[1].isEmpty ? ImprovPattern.unbounded : Int(counts[1])
            guard let maximum, minimum <= maximum, maximum <= ImprovPattern.unbounded else { return nil }
            (piece.minimum, piece.maximum) = (minimum, maximum)
            index = end
        default: return piece
        }
        index += 1
        if next == "?" { index += 1 }
        return next == "+" || next == "*" ? nil : piece
    }

    private mutating func escape() -> ImprovCharacterSet? {
        guard let character = next else { return nil }
        index += 1
        switch character {
        case "d": return .digit
        case "w": return .word
        case "s": return .space
        case "D": return ImprovCharacterSet(ranges: ImprovCharacterSet.digit.ranges, isNegated: true)
        case "W": return ImprovCharacterSet(ranges: ImprovCharacterSet.word.ranges, isNegated: true)
        case "S": return ImprovCharacterSet(ranges: ImprovCharacterSet.space.ranges, isNegated: true)
        case "n": return ImprovCharacterSet(ranges: ["\n"..."\n"])
        case "t": return ImprovCharacterSet(ranges: ["\t"..."\t"])
        case _ where character.isLetter || character.isNumber: return nil
        default: return ImprovCharacterSet(ranges: [character...character])
        }
    }

    private mutating func characterClass() -> ImprovCharacterSet? {
        var set = ImprovCharacterSet()
        if next == "^" {
            set.isNegated = true
            index += 1
        }
        var isFirst = true
        while let character = next, character != "]" || isFirst {
            isFirst = false
            index += 1
            if character == "\\" {
                guard let inner = escape(), !inner.isNegated else { return nil }
                set.ranges += inner.ranges
            } else if next == "-", index + 1 < source.count, source[index + 1] != "]", source[index + 1] != "\\" {
                let upper = source[index + 1]
                guard character <= upper else { return nil }
                set.ranges.append(character...upper)
                index += 2
            } else {
                set.ranges.append(character...character)
            }
        }
        guard next == "]" else { return nil }
        index += 1
        return set
    }
}
