/// Turns bytes that come in pieces into text: a character may be split between two pieces, and what is no UTF-8, and
/// NUL, becomes U+FFFD.
struct TextDecoder {
    private var held: [UInt8] = []

    /// The text of a piece, except for a character whose end is still to come.
    mutating func take(_ bytes: [UInt8]) -> String {
        let all = held + bytes
        let count = all.count - Self.incompleteTail(all)
        held = Array(all[count...])
        return Self.text(all[..<count])
    }

    /// What was held back, at the end.
    mutating func finish() -> String {
        defer { held = [] }
        return Self.text(held[...])
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        guard bytes.contains(0) else { return String(decoding: bytes, as: UTF8.self) }
        return String(decoding: bytes.flatMap { $0 == 0 ? [0xEF, 0xBF, 0xBD] : [$0] }, as: UTF8.self)
    }

    /// How many of the last bytes begin a character without ending it.
    private static func incompleteTail(_ bytes: [UInt8]) -> Int {
        for length in 1...3 where length <= bytes.count {
            let needed =
                switch bytes[bytes.count - length] {
                case 0xC2...0xDF: 2
                case 0xE0...0xEF: 3
                case 0xF0...0xF4: 4
                case 0x80...0xBF: 0
                default: 1
                }
            if needed > 0 { return needed > length ? length : 0 }
        }
        return 0
    }
}

extension String {
    /// The longest prefix of at most `count` UTF-8 bytes that ends between two characters.
    func prefix(utf8 count: Int) -> Substring {
        guard utf8.count > count else { return self[...] }
        var end = utf8.index(utf8.startIndex, offsetBy: count)
        while end > startIndex, end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
        return self[..<end]
    }
}
