/// Reads one line of a script, white space at both ends already left out.
struct ScriptLine {
    /// No number in a script needs more; a longer one saturates.
    private static let maximumNumber = 1_000_000_000

    private let bytes: UnsafeBufferPointer<UInt8>
    private var index: Int
    private let end: Int

    init(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) {
        self.bytes = bytes
        index = PythonSpace.skip(bytes, from: start, to: end)
        self.end = PythonSpace.trim(bytes, from: index, to: end)
    }

    var isEmpty: Bool { index >= end }

    /// The instruction; `nil` when the line is none, also when a known word has another form.
    mutating func instruction() -> ScriptedLanguage.Instruction? {
        let wordEnd = bytes[index..<end].firstIndex(of: 0x20) ?? end
        let word = text(to: wordEnd)
        switch word {
        case "say": return isEmpty ? .say("") : rest().map { .say($0) }
        case "repeat": return repeatSay()
        case "reason": return rest().map { .reason($0) }
        case "call": return call()
        case "recall": return rest().map { .recall($0) }
        case "wait": return lastNumber().map { .wait($0.value) }
        case "slow": return lastNumber().map { .slow($0.value) }
        case "fail": return lastNumber().flatMap { $0.digits == 3 ? .fail($0.value) : nil }
        case "count": return isEmpty ? .count : nil
        case "tools": return isEmpty ? .tools : nil
        case "then": return isEmpty ? .then : nil
        default: return nil
        }
    }

    private mutating func repeatSay() -> ScriptedLanguage.Instruction? {
        guard take(" "), let count = number(), take(" say"), let text = rest() else { return nil }
        return .repeatSay(count: count.value, text: text)
    }

    private mutating func call() -> ScriptedLanguage.Instruction? {
        guard take(" ") else { return nil }
        let name = text(to: PythonSpace.find(bytes, from: index, to: end))
        guard !name.isEmpty else { return nil }
        if isEmpty { return .call(name: name, arguments: "{}") }
        return rest().map { .call(name: name, arguments: $0) }
    }

    private mutating func lastNumber() -> (value: Int, digits: Int)? {
        guard take(" "), let number = number(), isEmpty else { return nil }
        return number
    }

    /// A space and what follows it, at least one character.
    private mutating func rest() -> String? {
        guard take(" "), !isEmpty else { return nil }
        return text(to: end)
    }

    private mutating func text(to limit: Int) -> String {
        defer { index = limit }
        return String(decoding: bytes[index..<limit], as: UTF8.self)
    }

    private mutating func take(_ literal: StaticString) -> Bool {
        let count = literal.utf8CodeUnitCount
        guard index + count <= end, (0..<count).allSatisfy({ bytes[index + $0] == literal.utf8Start[$0] })
        else { return false }
        index += count
        return true
    }

    /// Decimal digits of any script, as Python's `\d` and `int` read them.
    private mutating func number() -> (value: Int, digits: Int)? {
        var value = 0
        var digits = 0
        while index < end, let digit = digit() {
            value = min(value * 10 + digit, Self.maximumNumber)
            digits += 1
        }
        return digits > 0 ? (value, digits) : nil
    }

    private mutating func digit() -> Int? {
        let byte = bytes[index]
        if byte < 0x80 {
            guard 0x30...0x39 ~= byte else { return nil }
            index += 1
            return Int(byte) - 0x30
        }
        let length = byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
        let scalar = String(decoding: bytes[index..<(index + length)], as: UTF8.self).unicodeScalars.first
        guard let properties = scalar?.properties, properties.generalCategory == .decimalNumber,
            let value = properties.numericValue
        else { return nil }
        index += length
        return Int(value)
    }
}
