package import HoldfastCore

extension ModelAnswer.Call {
    /// How many tokens an embedded model counts for a call: one, and one for each word of its arguments.
    package var tokenCount: Int { 1 + ScriptedLanguage.tokenCount(arguments) }
}

extension ModelAnswer {
    /// Cuts an embedded model's answer before the first stop sequence, and at the most tokens (words, as these models
    /// count). Reasoning counts first, then text; a call is whole or not there.
    package mutating func cut(to options: ModelOptions) {
        let stops = options.stop.filter { !$0.isEmpty }.compactMap { text.range(of: $0)?.lowerBound }
        if let first = stops.min() { text = String(text[..<first]) }
        guard var left = options.maxOutputTokens else { return }
        let thoughts = ScriptedLanguage.tokens(reasoning)
        let words = ScriptedLanguage.tokens(text)
        let isLong = thoughts.count + words.count > left
        reasoning = thoughts.prefix(left).joined()
        left -= min(left, thoughts.count)
        text = words.prefix(left).joined()
        left -= min(left, words.count)
        let fitting = calls.prefix { call in
            left -= call.tokenCount
            return left >= 0
        }
        isTruncated = isLong || fitting.count < calls.count
        calls = Array(fitting)
    }
}

extension String {
    /// Where a text first stands in this one, compared by its UTF-8.
    fileprivate func range(of part: String) -> Range<Index>? {
        let part = Array(part.utf8)
        var start = utf8.startIndex
        while let first = utf8[start...].firstIndex(of: part[0]) {
            if utf8[first...].starts(with: part) { return first..<utf8.index(first, offsetBy: part.count) }
            start = utf8.index(after: first)
        }
        return nil
    }
}
