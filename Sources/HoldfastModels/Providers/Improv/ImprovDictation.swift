/// `Reply with exactly X`, `say exactly X`, `respond with X only`.
enum ImprovDictation {
    private static let verbs: Set<String> = [
        "reply", "respond", "answer", "say", "output", "return", "write", "repeat", "print",
    ]
    private static let signs: Set<String> = ["exactly", "only", "just", "verbatim", "precisely"]
    private static let fillers: Set<String> = [
        "with", "the", "word", "words", "text", "phrase", "following", "back", "to", "me", "this", "sentence", "string",
        "message", "token", "single", "and", "nothing", "else", "by", "saying", "number",
    ]

    /// The text that is asked for; `nil` when none is.
    /// - Parameter isStrict: whether only `exactly` counts, as in instructions, where `only` has other meanings.
    static func text(in source: String, isStrict: Bool = false) -> String? {
        let text = ImprovText(source)
        for (index, word) in text.words.enumerated() where verbs.contains(word.text.lowercased()) {
            var next = index + 1
            var isExact = false
            while next < text.words.count {
                let lower = text.words[next].text.lowercased()
                guard signs.contains(lower) || fillers.contains(lower), !isQuoted(text, next) else { break }
                if isStrict ? lower == "exactly" : signs.contains(lower) { isExact = true }
                next += 1
            }
            let last = next < text.words.count ? text.words[next].range.lowerBound : text.characters.count
            let gap = text[text.words[next - 1].range.upperBound..<last]
            // Signs of quotation and the first character that is no letter belong to what is dictated.
            let lead = gap.firstIndex { !$0.isWhitespace && $0 != ":" }.map { gap[$0...].count } ?? 0
            guard let found = dictated(in: text, from: last - lead) else { continue }
            if isExact || (!isStrict && found.isOnly) { return found.text }
        }
        return nil
    }

    private static func isQuoted(_ text: ImprovText, _ word: Int) -> Bool {
        "\"'`“‘«「".contains(text.character(text.words[word].range.lowerBound - 1))
    }

    private static func dictated(in text: ImprovText, from start: Int) -> (text: String, isOnly: Bool)? {
        if let quote = ImprovFinder.quoted(in: text).first(where: { $0.range.lowerBound == start }) {
            let rest = text[quote.range.upperBound..<text.characters.count].lowercased()
            return (quote.text, rest.hasPrefix(" only") || rest.hasPrefix(" and nothing else"))
        }
        var end = start
        while end < text.characters.count {
            let isStop =
                text.characters[end] == "."
                && (end + 1 == text.characters.count || text.character(end + 1).isWhitespace)
            if isStop || text.characters[end] == "\n" { break }
            end += 1
        }
        var found = text[start..<end].improvTrimmed
        var isOnly = false
        for ending in [" and nothing else", ", nothing else", " only", " exactly", " verbatim"]
        where found.lowercased().hasSuffix(ending) {
            found = String(found.dropLast(ending.count))
            isOnly = true
        }
        return found.isEmpty ? nil : (found, isOnly)
    }
}
