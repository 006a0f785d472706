/// The members of a JSON object as places in its text, found in one pass and without building values.
///
/// For text that is passed on to somebody who parses it: of values it checks only that their brackets and strings end.
public struct JSONMembers: Sendable, Equatable {
    /// A member's place in the text.
    public struct Member: Sendable, Equatable {
        /// The name, unescaped.
        public var name: String
        /// Where its value stands, in bytes from the start.
        public var value: Range<Int>
    }

    /// All members in order.
    public let members: [Member]

    /// Scans the text of one object.
    /// - Throws: `JSONParseError` when it is no object, or nested too deep.
    public init(_ text: [UInt8], maximumDepth: Int = 128) throws(JSONParseError) {
        var scanner = Scanner(text: text, maximumDepth: maximumDepth)
        members = try scanner.object()
    }

    /// Where the value of a member stands; `nil` when there is none. Of duplicate names the last one counts.
    public subscript(name: String) -> Range<Int>? { members.last { $0.name == name }?.value }
}

private struct Scanner {
    let text: [UInt8]
    let maximumDepth: Int
    var index = 0

    init(text: [UInt8], maximumDepth: Int) {
        self.text = text
        self.maximumDepth = maximumDepth
    }

    mutating func object() throws(JSONParseError) -> [JSONMembers.Member] {
        guard next() == 0x7B else { throw failure("expected an object") }
        index += 1
        var members: [JSONMembers.Member] = []
        if next() == 0x7D { return try end(members) }
        while true {
            guard next() == 0x22 else { throw failure("expected a member name") }
            let start = index
            try skipString()
            let name = try JSONParser.parse(Array(text[start..<index])).string ?? ""
            guard next() == 0x3A else { throw failure("expected ':'") }
            index += 1
            members.append(JSONMembers.Member(name: name, value: try value()))
            switch next() {
            case 0x2C: index += 1
            case 0x7D: return try end(members)
            default: throw failure("expected ',' or '}'")
            }
        }
    }

    private mutating func end(_ members: [JSONMembers.Member]) throws(JSONParseError) -> [JSONMembers.Member] {
        index += 1
        guard next() == 0, index == text.count else { throw failure("unexpected text after the value") }
        return members
    }

    private mutating func value() throws(JSONParseError) -> Range<Int> {
        skipSpace()
        let start = index
        var depth = 0
        repeat {
            switch next() {
            case 0x22: try skipString()
            case 0x7B, 0x5B:
                depth += 1
                guard depth < maximumDepth else { throw failure("nested deeper than \(maximumDepth)") }
                index += 1
            case 0x7D, 0x5D:
                depth -= 1
                guard depth >= 0 else { throw failure("unexpected character") }
                index += 1
            case 0x2C, 0x3A:
                guard depth > 0 else { throw failure("unexpected character") }
                index += 1
            case 0: throw failure("unexpected end")
            default: skipWord()
            }
        } while depth > 0
        return start..<index
    }

    /// A number, `true`, `false` or `null`.
    private mutating func skipWord() {
        index += 1
        while index < text.count {
            switch text[index] {
            case 0x30...0x39, 0x61...0x7A, 0x41...0x5A, 0x2B, 0x2D, 0x2E: index += 1
            default: return
            }
        }
    }

    private mutating func skipString() throws(JSONParseError) {
        index += 1
        while index < text.count {
            switch text[index] {
            case 0x22:
                index += 1
                return
            case 0x5C: index += 2
            case 0..<0x20: throw failure("a control character in a string")
            default: index += 1
            }
        }
        throw failure("a string without an end")
    }

    /// The next byte that is no white space, or 0 at the end.
    private mutating func next() -> UInt8 {
        skipSpace()
        return index < text.count ? text[index] : 0
    }

    private mutating func skipSpace() {
        while index < text.count {
            switch text[index] {
            case 0x20, 0x0A, 0x0D, 0x09: index += 1
            default: return
            }
        }
    }

    private func failure(_ reason: String) -> JSONParseError { JSONParseError(reason: reason, offset: index) }
}
