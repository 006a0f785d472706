/// Why a text is not the JSON that is accepted here.
public struct JSONParseError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong, for a person.
    public var reason: String
    /// Where, in bytes from the start.
    public var offset: Int

    public var description: String { "\(reason) at byte \(offset)" }
}

/// A strict parser for RFC 8259 JSON: valid UTF-8 only, no comments, no trailing commas, no lone surrogates,
/// a bounded depth, and, when asked, no NUL character in any string.
public struct JSONParser {
    /// What is refused besides malformed text.
    public struct Options: Sendable {
        /// How many arrays and objects may stand inside one another.
        public var maximumDepth: Int
        /// Whether `\u0000` in a string is refused.
        public var rejectsNUL: Bool

        public init(maximumDepth: Int = 128, rejectsNUL: Bool = false) {
            self.maximumDepth = maximumDepth
            self.rejectsNUL = rejectsNUL
        }
    }

    private let source: UnsafeBufferPointer<UInt8>
    private let options: Options
    private var index = 0
    private var depth = 0

    /// Parses one JSON value.
    public static func parse(_ text: String, options: Options = .init()) throws(JSONParseError) -> JSON {
        try parse(Array(text.utf8), options: options)
    }

    /// Parses one JSON value from UTF-8 bytes.
    public static func parse(_ bytes: [UInt8], options: Options = .init()) throws(JSONParseError) -> JSON {
        let result: Result<JSON, JSONParseError> = bytes.withUnsafeBufferPointer { source in
            var parser = JSONParser(source: source, options: options)
            do throws(JSONParseError) {
                return .success(try parser.document())
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private init(source: UnsafeBufferPointer<UInt8>, options: Options) {
        self.source = source
        self.options = options
    }

    private mutating func document() throws(JSONParseError) -> JSON {
        skipSpace()
        let value = try value()
        skipSpace()
        guard index == source.count else { throw failure("unexpected text after the value") }
        return value
    }

    private mutating func value() throws(JSONParseError) -> JSON {
        guard index < source.count else { throw failure("unexpected end") }
        switch source[index] {
        case 0x7B: return try object()
        case 0x5B: return try array()
        case 0x22: return .string(try string())
        case 0x74: return try word("true", .bool(true))
        case 0x66: return try word("false", .bool(false))
        case 0x6E: return try word("null", .null)
        case 0x2D, 0x30...0x39: return try number()
        default: throw failure("unexpected character")
        }
    }

    private mutating func object() throws(JSONParseError) -> JSON {
        try enter()
        var members: [JSONObject.Member] = []
        if peek() == 0x7D {
            leave()
            return .object(JSONObject())
        }
        while true {
            guard peek() == 0x22 else { throw failure("expected a member name") }
            let name = try string()
            guard peek() == 0x3A else { throw failure("expected ':'") }
            index += 1
            skipSpace()
            members.append(JSONObject.Member(name: name, value: try value()))
            switch peek() {
            case 0x2C: index += 1
            case 0x7D:
                leave()
                return .object(JSONObject(members))
            default: throw failure("expected ',' or '}'")
            }
        }
    }

    private mutating func array() throws(JSONParseError) -> JSON {
        try enter()
        var elements: [JSON] = []
        if peek() == 0x5D {
            leave()
            return .array([])
        }
        while true {
            skipSpace()
            elements.append(try value())
            switch peek() {
            case 0x2C: index += 1
            case 0x5D:
                leave()
                return .array(elements)
            default: throw failure("expected ',' or ']'")
            }
        }
    }

    private mutating func enter() throws(JSONParseError) {
        index += 1
        depth += 1
        guard depth <= options.maximumDepth else { throw failure("nested deeper than \(options.maximumDepth)") }
    }

    private mutating func leave() {
        index += 1
        depth -= 1
    }

    /// The next byte that is no white space, or 0 at the end.
    private mutating func peek() -> UInt8 {
        skipSpace()
        return index < source.count ? source[index] : 0
    }

    private mutating func skipSpace() {
        while index < source.count {
            switch source[index] {
            case 0x20, 0x0A, 0x0D, 0x09: index += 1
            default: return
            }
        }
    }

    private mutating func word(_ text: StaticString, _ value: JSON) throws(JSONParseError) -> JSON {
        let count = text.utf8CodeUnitCount
        guard index + count <= source.count,
            (0..<count).allSatisfy({ source[index + $0] == text.utf8Start[$0] })
        else { throw failure("unexpected word") }
        index += count
        return value
    }

    private mutating func number() throws(JSONParseError) -> JSON {
        let start = index
        var isInteger = true
        if source[index] == 0x2D { index += 1 }
        guard let first = digits() else { throw failure("expected a digit") }
        if first == 0x30, index - start > (source[start] == 0x2D ? 2 : 1) {
            throw failure("a number with a leading zero")
        }
        if index < source.count, source[index] == 0x2E {
            isInteger = false
            index += 1
            guard digits() != nil else { throw failure("expected a digit after '.'") }
        }
        if index < source.count, source[index] | 0x20 == 0x65 {
            isInteger = false
            index += 1
            if index < source.count, source[index] == 0x2B || source[index] == 0x2D { index += 1 }
            guard digits() != nil else { throw failure("expected a digit in the exponent") }
        }
        let text = String(decoding: source[start..<index], as: UTF8.self)
        if isInteger, let value = Int64(text) { return .integer(value) }
        guard let value = Double(text), value.isFinite else { throw failure("a number out of range") }
        return .number(value)
    }

    /// Skips digits and returns the first of them, `nil` when there is none.
    private mutating func digits() -> UInt8? {
        let start = index
        while index < source.count, 0x30...0x39 ~= source[index] { index += 1 }
        return index > start ? source[start] : nil
    }

    private mutating func string() throws(JSONParseError) -> String {
        index += 1
        let start = index
        while index < source.count {
            switch source[index] {
            case 0x22:
                let text = try utf8(source[start..<index])
                index += 1
                return text
            case 0x5C: return try escapedString(from: start)
            case 0..<0x20: throw failure("a control character in a string")
            default: index += 1
            }
        }
        throw failure("a string without an end")
    }

    private mutating func escapedString(from start: Int) throws(JSONParseError) -> String {
        var bytes = Array(source[start..<index])
        while index < source.count {
            let byte = source[index]
            switch byte {
            case 0x22:
                let text = try bytes.withUnsafeBufferPointerTyped { (buffer) throws(JSONParseError) in
                    try utf8(buffer[...])
                }
                index += 1
                return text
            case 0x5C: try escape(into: &bytes)
            case 0..<0x20: throw failure("a control character in a string")
            default:
                bytes.append(byte)
                index += 1
            }
        }
        throw failure("a string without an end")
    }

    private mutating func escape(into bytes: inout [UInt8]) throws(JSONParseError) {
        guard index + 1 < source.count else { throw failure("a string without an end") }
        let kind = source[index + 1]
        index += 2
        switch kind {
        case 0x22, 0x5C, 0x2F: bytes.append(kind)
        case 0x62: bytes.append(0x08)
        case 0x66: bytes.append(0x0C)
        case 0x6E: bytes.append(0x0A)
        case 0x72: bytes.append(0x0D)
        case 0x74: bytes.append(0x09)
        case 0x75: bytes.append(contentsOf: Unicode.UTF8.encode(try scalar())!)
        default: throw failure("an unknown escape")
        }
    }

    private mutating func scalar() throws(JSONParseError) -> Unicode.Scalar {
        let unit = try hex4()
        if unit == 0, options.rejectsNUL { throw failure("a NUL character in a string") }
        if let scalar = Unicode.Scalar(unit) { return scalar }
        guard 0xD800..<0xDC00 ~= unit, index + 1 < source.count, source[index] == 0x5C, source[index + 1] == 0x75
        else { throw failure("a lone surrogate") }
        index += 2
        let low = try hex4()
        guard 0xDC00..<0xE000 ~= low,
            let scalar = Unicode.Scalar(0x10000 + ((UInt32(unit) - 0xD800) << 10) + (UInt32(low) - 0xDC00))
        else { throw failure("a lone surrogate") }
        return scalar
    }

    private mutating func hex4() throws(JSONParseError) -> UInt16 {
        guard index + 4 <= source.count else { throw failure("a cut escape") }
        var value: UInt16 = 0
        for _ in 0..<4 {
            let byte = source[index]
            switch byte {
            case 0x30...0x39: value = value << 4 | UInt16(byte - 0x30)
            case 0x41...0x46: value = value << 4 | UInt16(byte - 0x37)
            case 0x61...0x66: value = value << 4 | UInt16(byte - 0x57)
            default: throw failure("a bad escape")
            }
            index += 1
        }
        return value
    }

    private func utf8(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) throws(JSONParseError) -> String {
        let buffer = UnsafeBufferPointer(rebasing: bytes)
        // Most strings are ASCII, which needs no validation; decoding a whole buffer is the fast way to a string.
        if buffer.allSatisfy({ $0 < 0x80 }) { return String(decoding: buffer, as: UTF8.self) }
        guard let text = String(validating: buffer, as: UTF8.self) else { throw failure("invalid UTF-8") }
        return text
    }

    private func failure(_ reason: String) -> JSONParseError { JSONParseError(reason: reason, offset: index) }
}

extension Array where Element == UInt8 {
    /// `withUnsafeBufferPointer` that keeps the error's type.
    fileprivate func withUnsafeBufferPointerTyped<Result>(
        _ body: (UnsafeBufferPointer<UInt8>) throws(JSONParseError) -> Result
    ) throws(JSONParseError) -> Result {
        let outcome: Swift.Result<Result, JSONParseError> = withUnsafeBufferPointer { buffer in
            do throws(JSONParseError) { return .success(try body(buffer)) } catch { return .failure(error) }
        }
        return try outcome.get()
    }
}
