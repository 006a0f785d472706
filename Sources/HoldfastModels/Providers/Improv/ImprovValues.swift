/// What a request says that can become a value: quoted texts, numbers, names, addresses and dates, each of them used
/// once, and what stands behind a label.
struct ImprovValues: Sendable {
    /// A value and its place in the text.
    struct Found: Sendable {
        let range: Range<Int>
        let text: String
    }

    /// How many places with a parameter's name are looked at.
    private static let maximumLabels = 50

    let text: ImprovText
    private(set) var quoted: [Found] = []
    /// Dates, addresses, URLs and the like, which are no words.
    private(set) var tokens: [Found] = []
    private(set) var numbers: [Found] = []
    private(set) var names: [Found] = []
    /// Where the values stand that were used.
    private var used: [Range<Int>] = []

    /// How many values were used.
    var usedCount: Int { used.count }

    /// - Parameter ignoring: words that are no values, such as the names of tools.
    init(_ source: String, ignoring: Set<String> = []) {
        text = ImprovText(source)
        quoted = ImprovFinder.quoted(in: text)
        tokens = ImprovFinder.tokens(in: text)
        let masked = (quoted + tokens).map(\.range)
        numbers = ImprovFinder.numbers(in: text, except: masked)
        names = ImprovFinder.names(in: text, except: masked, ignoring: ignoring)
    }

    /// Takes a value, so that no other parameter gets it.
    mutating func use(_ range: Range<Int>) { used.append(range) }

    func isFree(_ range: Range<Int>) -> Bool { !used.contains { $0.overlaps(range) } }

    /// The first of some values that is free and fits, which is thereby used.
    mutating func take(_ found: [Found], where fits: (Found) -> Bool = { _ in true }) -> String? {
        guard let first = found.first(where: { isFree($0.range) && fits($0) }) else { return nil }
        use(first.range)
        return first.text
    }

    /// What stands behind a label that is the name of a parameter, or its last word: `city: Paris`, `the city is
    /// Paris`, `city "Paris"`, `named Ada`.
    mutating func takeLabelled(_ name: String) -> String? {
        for place in labels(name) {
            guard let found = value(behind: place), isFree(found.range) else { continue }
            use(found.range)
            return found.text
        }
        return nil
    }

    /// A number behind a label or before it (`top 5 results`).
    mutating func takeLabelledNumber(_ name: String, where fits: (Found) -> Bool) -> String? {
        for place in labels(name) {
            let near = numbers.filter { number in
                let behind = number.range.lowerBound - place.upperBound
                let before = place.lowerBound - number.range.upperBound
                return (behind >= 0 && behind <= 5 && isPlainGap(place.upperBound..<number.range.lowerBound))
                    || (before == 1)
            }
            if let value = take(near, where: fits) { return value }
        }
        return nil
    }

    /// A list behind a label: `tags: red, green and blue`.
    mutating func takeLabelledList(_ name: String) -> [String]? {
        for place in labels(name) {
            var start = place.upperBound
            while start < text.characters.count, " \"'".contains(text.characters[start]) { start += 1 }
            guard ":=".contains(text.character(start)) else { continue }
            let rest = text.characters[(start + 1)...]
            let end = rest.indices.first { index in
                "?!\n;]".contains(rest[index])
                    || (rest[index] == "." && !ImprovText.isWordCharacter(text.character(index + 1)))
            }
            let range = (start + 1)..<(end ?? text.characters.count)
            let parts = text[range].replacing(" and ", with: ",").split(separator: ",").map { part in
                String(part.filter { !"[]\"'".contains($0) }).improvTrimmed
            }.filter { !$0.isEmpty }
            guard isFree(range), !parts.isEmpty else { continue }
            use(range)
            return parts
        }
        return nil
    }

    /// Whether a label of this name stands anywhere.
    func mentions(_ name: String) -> Bool { !labels(name).isEmpty }

    private func isPlainGap(_ range: Range<Int>) -> Bool {
        let gap = text[range].lowercased().filter { !" :=\"'(".contains($0) }
        return ["", "is", "of", "to", "are", "was", "at", "be"].contains(gap)
    }

    private func labels(_ name: String) -> [Range<Int>] {
        let stems = ImprovWords.stems(ofName: name)
        var places = text.places(of: stems)
        var count = stems.count
        if places.isEmpty, let last = stems.last {
            count = 1
            places = text.places(of: [last])
            if places.isEmpty, ["name", "nam", "titl"].contains(last) {
                places = text.places(of: [ImprovWords.stem("named")]) + text.places(of: [ImprovWords.stem("called")])
            }
        }
        return places.prefix(Self.maximumLabels).map {
            text.words[$0].range.lowerBound..<text.words[$0 + count - 1].range.upperBound
        }
    }

    private func value(behind label: Range<Int>) -> Found? {
        var index = label.upperBound
        func skip(_ characters: String) {
            while index < text.characters.count, characters.contains(text.characters[index]) { index += 1 }
        }
        skip(" \"'`*")
        var isSeparated = false
        if index < text.characters.count, ":=".contains(text.characters[index]) {
            index += 1
            isSeparated = true
        } else if let word = text.words.first(where: { $0.range.lowerBound == index }),
            ["is", "are", "was", "be", "equals"].contains(word.text.lowercased())
        {
            index = word.range.upperBound
            isSeparated = true
        }
        skip(" ")
        let start = index
        let isNamed = ["named", "called"].contains(text[label].lowercased())
        if let value = quoted.first(where: { $0.range.lowerBound == start }) { return value }
        if let value = tokens.first(where: { $0.range.lowerBound == start }) { return value }
        if let value = names.first(where: { $0.range.lowerBound == start }) { return value }
        guard isSeparated || isNamed else { return nil }
        let end = text.clauseEnd(from: start)
        let value = text[start..<end].improvTrimmed
        return value.isEmpty ? nil : Found(range: start..<end, text: value)
    }
}
