package import HoldfastCore

extension ScriptedLanguage {
    /// Word counts stand for token counts; input and output are at least 1.
    package static func usage(of answer: ModelAnswer, context: [Entry]) -> TokenUsage {
        let read = context.reduce(0) { $0 + tokenCount($1.text) }
        let reasoning = tokenCount(answer.reasoning)
        let wrote = answer.calls.reduce(tokenCount(answer.text) + reasoning) { $0 + $1.tokenCount }
        return TokenUsage(input: max(1, read), output: max(1, wrote), reasoning: reasoning)
    }

    /// The tokens of a text: a word with the white space after it. They add up to the text.
    package static func tokens(_ text: String) -> [String] {
        var text = text
        return text.withUTF8 { bytes in
            var tokens: [String] = []
            var start = 0
            forEachToken(in: bytes) { end in
                tokens.append(String(decoding: bytes[start..<end], as: UTF8.self))
                start = end
            }
            return tokens
        }
    }

    /// How many tokens a text has.
    package static func tokenCount(_ text: String) -> Int {
        var text = text
        return text.withUTF8 { bytes in
            var count = 0
            forEachToken(in: bytes) { _ in count += 1 }
            return count
        }
    }

    /// Calls the closure with the end of every token. White space before the first word belongs to its token. A final
    /// newline after a word is a token of its own, since the reference's `$` also matches before it.
    private static func forEachToken(in bytes: UnsafeBufferPointer<UInt8>, _ body: (Int) -> Void) {
        var index = PythonSpace.skip(bytes, from: 0)
        if index == bytes.count {
            if index > 0 { body(index) }
            return
        }
        while index < bytes.count {
            let wordEnd = PythonSpace.find(bytes, from: index)
            index = PythonSpace.skip(bytes, from: wordEnd)
            if index == bytes.count, index > wordEnd, bytes[index - 1] == 0x0A { body(index - 1) }
            body(index)
        }
    }
}
