/// Finds what in a text can become a value.
enum ImprovFinder {
    typealias Found = ImprovValues.Found

    private static let quotes: [Character: Character] = [
        "\"": "\"", "'": "'", "`": "`", "“": "”", "‘": "’", "«": "»", "„": "“", "「": "」", "『": "』",
    ]

    /// The longest quotation that is looked for.
    private static let maximumQuote = 1_000

    /// Texts in quotation marks. An apostrophe within a word is none.
    static func quoted(in text: ImprovText) -> [Found] {
        var found: [Found] = []
        var index = 0
        while index < text.characters.count {
            guard let close = quotes[text.characters[index]], !ImprovText.isWordCharacter(text.character(index - 1)),
                let end = text.characters[(index + 1)...].prefix(maximumQuote).indices.first(where: { place in
                    text.characters[place] == close && !ImprovText.isWordCharacter(text.character(place + 1))
                })
            else {
                index += 1
                continue
            }
            if end > index + 1 {
                // The place is that of the opening mark, where labels look for it.
                found.append(Found(range: index..<(end + 1), text: text[(index + 1)..<end]))
            }
            index = end + 1
        }
        return found
    }

    /// Words without white space that are more than words: dates and times, e-mail addresses, URLs, UUIDs.
    static func tokens(in text: ImprovText) -> [Found] {
        var found: [Found] = []
        var index = 0
        while index < text.characters.count {
            guard !text.characters[index].isWhitespace else {
                index += 1
                continue
            }
            var end = index
            while end < text.characters.count, !text.characters[end].isWhitespace { end += 1 }
            var range = index..<end
            while let first = range.first, "\"'([{<,".contains(text.characters[first]) { range.removeFirst() }
            while let last = range.last, "\"')]}>,.;!?".contains(text.characters[last]) { range.removeLast() }
            let word = text[range]
            if ImprovFormats.all.contains(where: { $0.fits(word) }) { found.append(Found(range: range, text: word)) }
            index = end
        }
        return found
    }

    /// Numbers in digits, as JSON writes them.
    static func numbers(in text: ImprovText, except masked: [Range<Int>]) -> [Found] {
        var found: [Found] = []
        var index = 0
        while index < text.characters.count {
            guard isDigit(text.characters[index]) else {
                index += 1
                continue
            }
            if let mask = masked.first(where: { $0.contains(index) }) {
                index = mask.upperBound
                continue
            }
            let begin = index
            var digits = ""
            while index < text.characters.count {
                let character = text.characters[index]
                let isInner = (character == "." || character == ",") && isDigit(text.character(index + 1))
                if character == ",", !isThousands(text, at: index) { break }
                if character == ".", digits.contains(".") { break }
                guard isDigit(character) || isInner else { break }
                if character != "," { digits.append(character) }
                index += 1
            }
            let before = text.character(begin - 1)
            guard !ImprovText.isWordCharacter(before), !isLetter(text.character(index)) else { continue }
            let followsNumber = found.last.map { text[$0.range.upperBound..<begin].allSatisfy { " -".contains($0) } }
            let isNegative =
                before == "-" && !ImprovText.isWordCharacter(text.character(begin - 2)) && followsNumber != true
            while digits.hasPrefix("0"), digits.count > 1, digits.dropFirst().first != "." { digits.removeFirst() }
            found.append(Found(range: (isNegative ? begin - 1 : begin)..<index, text: (isNegative ? "-" : "") + digits))
        }
        return found
    }

    private static func isDigit(_ character: Character) -> Bool { ("0"..."9").contains(character) }

    private static func isLetter(_ character: Character) -> Bool { character.isLetter || character == "_" }

    private static func isThousands(_ text: ImprovText, at comma: Int) -> Bool {
        (1...3).allSatisfy { isDigit(text.character(comma + $0)) } && !isDigit(text.character(comma + 4))
    }

    /// Names of people and places: words with a capital that stand together.
    static func names(in text: ImprovText, except masked: [Range<Int>], ignoring: Set<String>) -> [Found] {
        var found: [Found] = []
        var index = 0
        while index < text.words.count {
            guard isName(index, in: text, except: masked, ignoring: ignoring) else {
                index += 1
                continue
            }
            var last = index
            while last + 1 < text.words.count {
                let gap = text[text.words[last].range.upperBound..<text.words[last + 1].range.lowerBound]
                let next = text.words[last + 1]
                let isAbbreviation = next.text.count <= 3 && next.text.allSatisfy(\.isUppercase)
                guard gap == " " || (gap == ", " && isAbbreviation), next.isCapitalised,
                    !masked.contains(where: { $0.overlaps(next.range) })
                else { break }
                last += 1
            }
            let range = text.words[index].range.lowerBound..<text.words[last].range.upperBound
            var name = text[range]
            for ending in ["'s", "’s"] where name.hasSuffix(ending) { name.removeLast(2) }
            found.append(Found(range: range, text: name))
            index = last + 1
        }
        return found
    }

    private static func isName(
        _ index: Int, in text: ImprovText, except masked: [Range<Int>], ignoring: Set<String>
    ) -> Bool {
        let word = text.words[index]
        guard word.isCapitalised, !ignoring.contains(word.text), !masked.contains(where: { $0.overlaps(word.range) })
        else { return false }
        guard !ImprovWords.openers.contains(word.text.lowercased()) else { return false }
        guard word.beginsSentence, index + 1 < text.words.count else { return true }
        // At the beginning of a sentence only what is followed by a verb or another name is one.
        let next = text.words[index + 1]
        return next.isCapitalised || word.text.hasSuffix("'s")
            || ["is", "was", "has", "lives", "and", "who", "wants", "likes", "works"].contains(next.text.lowercased())
    }
}
