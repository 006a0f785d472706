import HoldfastCore

/// Which strings a schema allows.
struct ImprovStrings {
    private let minimum: Int
    private let maximum: Int
    private let pattern: ImprovPattern?
    let format: ImprovFormat?

    init(_ schema: JSONObject) {
        minimum = Int(min(max(0, schema["minLength"]?.integer ?? 0), 100_000))
        maximum = Int(max(0, min(schema["maxLength"]?.integer ?? 100_000, 100_000)))
        pattern = schema["pattern"]?.string.flatMap { ImprovPattern($0) }
        format = schema["format"]?.string.flatMap { ImprovFormats.named($0) }
    }

    var isFree: Bool { pattern == nil && format == nil }

    /// Whether a text may stand as it is.
    func fits(_ text: String) -> Bool {
        // The lengths of JSON Schema are in code points.
        let length = text.unicodeScalars.count
        guard length >= minimum, length <= maximum else { return false }
        if let pattern, !pattern.matches(text) { return false }
        if let format, !format.fits(text) { return false }
        return true
    }

    /// The text, cut or lengthened where that makes it fit; `nil` when nothing is left.
    func fit(_ text: String) -> String? {
        if text.isEmpty { return nil }
        if fits(text) { return text }
        guard isFree else { return nil }
        if text.unicodeScalars.count > maximum {
            var cut = String.UnicodeScalarView()
            cut.append(contentsOf: text.unicodeScalars.prefix(maximum))
            return String(cut)
        }
        return text + String(repeating: ".", count: minimum - text.unicodeScalars.count)
    }

    /// A text that fits and says nothing.
    var example: String {
        if let pattern {
            let example = pattern.example(minimum: minimum)
            if fits(example) || format == nil { return example }
        }
        return format?.example ?? String(repeating: "x", count: minimum)
    }
}

extension ImprovFiller {
    private static let placeNames: Set<String> = Set(
        ["location", "city", "place", "town", "country", "destination", "address", "region", "state", "origin"].map(
            ImprovWords.stem))
    private static let queryNames: Set<String> = Set(
        [
            "query", "question", "text", "input", "prompt", "message", "content", "body", "sentence", "request", "task",
            "topic", "keyword", "search", "q", "subject", "answer", "response", "summary", "description", "goal",
        ].map(ImprovWords.stem))

    mutating func string(_ schema: JSONObject, _ name: String, _ isWanted: Bool) -> JSON? {
        let strings = ImprovStrings(schema)
        let saved = values
        if let text = values.takeLabelled(name).flatMap(strings.fit) { return .string(text) }
        values = saved
        if let format = strings.format {
            if let text = values.take(
                values.tokens + values.quoted, where: { format.fits($0.text) && strings.fits($0.text) })
            {
                return .string(text)
            }
            guard isWanted else { return nil }
            return .string(schema["default"]?.string ?? strings.example)
        }
        if !strings.isFree {
            let words = values.text.words.map { ImprovValues.Found(range: $0.range, text: $0.text) }
            let candidates = values.quoted + values.tokens + values.names + values.numbers + words
            let isLong = { (text: String) in text.count > 2 }
            if let text = values.take(candidates, where: { strings.fits($0.text) && (isWanted || isLong($0.text)) }) {
                return .string(text)
            }
            guard isWanted else { return nil }
            return .string(schema["default"]?.string ?? strings.example)
        }
        if let format = ImprovWords.stems(ofName: name).lazy.compactMap(ImprovFormats.named).first,
            let text = values.take(values.tokens, where: { format.fits($0.text) })
        {
            return strings.fit(text).map { .string($0) }
        }
        guard isWanted else { return nil }
        if let value = schema["default"]?.string { return .string(value) }
        return .string(strings.fit(freeText(name)) ?? strings.example)
    }

    /// What of the request goes into a parameter that nothing stands beside.
    private mutating func freeText(_ name: String) -> String {
        if let quoted = values.take(values.quoted) { return quoted }
        let kinds = Set(ImprovWords.stems(ofName: name))
        if kinds.contains("expression") || kinds.contains("equation"), let text = expression() { return text }
        if kinds.isDisjoint(with: Self.queryNames) {
            let text = values.text
            let places = values.names.filter { Self.isPlace($0.range, in: text) }
            if !kinds.isDisjoint(with: Self.placeNames), let place = values.take(places) { return place }
            if let name = values.take(values.names) { return name }
            if let token = values.take(values.tokens) { return token }
        }
        if let topic = topic() { return topic }
        let whole = values.text[0..<values.text.characters.count].improvTrimmed
        let words = ImprovWords.parts(ofName: name).joined(separator: " ")
        if values.isFree(0..<1), !whole.isEmpty {
            values.use(0..<1)
            return whole
        }
        return words.isEmpty ? whole : "\(words): \(whole)"
    }

    private static func isPlace(_ range: Range<Int>, in text: ImprovText) -> Bool {
        guard let word = text.words.last(where: { $0.range.upperBound < range.lowerBound }) else { return false }
        return ["in", "for", "at", "to", "of", "from", "near"].contains(word.text.lowercased())
    }

    /// What the request is about: what stands behind `about`, `for` and the like.
    private mutating func topic() -> String? {
        for preposition in ["about", "regarding", "for", "of", "on", "named", "called"] {
            for word in values.text.words where word.text.lowercased() == preposition {
                let start = word.range.upperBound + 1
                let end = values.text.clauseEnd(from: min(start, values.text.characters.count), splitsAtAnd: false)
                guard start < end, end - start <= 200, values.isFree(start..<end) else { continue }
                values.use(start..<end)
                return values.text[start..<end].improvTrimmed
            }
        }
        return nil
    }

    /// Numbers with operators between them.
    private mutating func expression() -> String? {
        guard let first = values.numbers.first?.range.lowerBound, let last = values.numbers.last?.range.upperBound
        else { return nil }
        values.use(first..<last)
        return values.text[first..<last]
    }
}
