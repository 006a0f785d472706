/// A text, and its words with their places in it.
struct ImprovText: Sendable {
    /// A run of letters and digits; `_`, `-`, `.` and `'` may stand within it.
    struct Word: Sendable {
        let range: Range<Int>
        let text: String
        /// In the form in which words are compared.
        let stem: String
        let beginsSentence: Bool

        var isCapitalised: Bool { text.first?.isUppercase == true }
    }

    /// What of a longer text is left out: nobody asks for so much at once.
    static let maximumLength = 20_000

    let characters: [Character]
    let words: [Word]

    init(_ text: String) {
        characters = Array(text.prefix(Self.maximumLength))
        words = Self.words(of: characters)
    }

    /// What stands in a range, as far as there is text.
    subscript(range: Range<Int>) -> String { String(characters[range.clamped(to: characters.indices)]) }

    /// A character, or a space beyond the ends.
    func character(_ index: Int) -> Character { characters.indices.contains(index) ? characters[index] : " " }

    /// The stems of all words.
    var stems: Set<String> { Set(words.map(\.stem)) }

    /// Where words with these stems stand one after another: indexes of the first.
    func places(of stems: [String]) -> [Int] {
        guard !stems.isEmpty, words.count >= stems.count else { return [] }
        return (0...(words.count - stems.count)).filter { start in
            stems.indices.allSatisfy { words[start + $0].stem == stems[$0] }
        }
    }

    /// The end of the clause that begins at a place: punctuation, a line's end, or a word that begins another clause.
    func clauseEnd(from start: Int, splitsAtAnd: Bool = true) -> Int {
        var index = start
        while index < characters.count {
            let character = characters[index]
            if ",;?!)]}\n\"".contains(character) { break }
            if character == ".", !Self.isWordCharacter(self.character(index + 1)) { break }
            if splitsAtAnd, character == " ", hasWord("and", at: index + 1) || hasWord("with", at: index + 1) { break }
            index += 1
        }
        return index
    }

    private func hasWord(_ word: String, at start: Int) -> Bool {
        let end = start + word.count
        return end < characters.count && self[start..<end].lowercased() == word && characters[end] == " "
    }

    static func isWordCharacter(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_"
    }

    private static func words(of characters: [Character]) -> [Word] {
        var words: [Word] = []
        var index = 0
        var beginsSentence = true
        while index < characters.count {
            guard isWordCharacter(characters[index]) else {
                if ".!?\n:".contains(characters[index]) { beginsSentence = true }
                index += 1
                continue
            }
            let start = index
            while index < characters.count {
                let isInner =
                    "-.'’".contains(characters[index]) && index + 1 < characters.count
                    && isWordCharacter(characters[index + 1])
                guard isInner || isWordCharacter(characters[index]) else { break }
                index += 1
            }
            let text = String(characters[start..<index])
            words.append(
                Word(
                    range: start..<index, text: text, stem: ImprovWords.stem(text), beginsSentence: beginsSentence))
            beginsSentence = false
        }
        return words
    }
}

extension String {
    /// Without white space at its ends.
    var improvTrimmed: String {
        var text = self[...]
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}
