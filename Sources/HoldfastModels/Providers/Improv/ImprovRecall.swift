/// Finds again what earlier messages said.
struct ImprovRecall {
    let conversation: ImprovConversation

    /// The answer to a question about something that was said; `nil` when the request is no question, or nothing that
    /// was said has to do with it.
    func answer() -> String? {
        let request = conversation.request
        let question = ImprovText(request)
        guard isQuestion(question) else { return nil }
        var asked = question.stems.subtracting(ImprovWords.plain).subtracting(Self.remembering)
        if asked.isEmpty, !question.stems.isDisjoint(with: Self.remembering) { asked = ["remember"] }
        // The place of a person, their age and their name are asked for in other words than they are told.
        if question.stems.contains("who") { asked.insert("nam") }
        guard !asked.isEmpty else { return nil }
        var best: (sentence: String, score: Int)?
        for text in conversation.instructions + conversation.earlier.suffix(Self.maximumTexts) {
            for sentence in sentences(of: text) where !sentence.hasSuffix("?") {
                let score = 2 * asked.intersection(stems(of: sentence)).count
                // The newest of equals counts.
                if score > 0, score >= best?.score ?? 0 { best = (sentence, score) }
            }
        }
        return best.map { "You told me: \($0.sentence)" }
    }

    /// How many of the newest texts are looked through.
    private static let maximumTexts = 2_000
    private static let remembering: Set<String> = Set(
        ["remember", "told", "said", "mentioned", "ask", "recall", "earlier", "before", "say", "again"].map(
            ImprovWords.stem))

    private func isQuestion(_ text: ImprovText) -> Bool {
        let words = [
            "what", "what's", "which", "who", "where", "when", "how", "whose", "do", "did", "can", "is", "tell",
        ]
        return conversation.request.contains("?")
            || text.words.first.map { words.contains($0.text.lowercased()) } == true
    }

    /// The words of what was said, and those that a question about it has instead.
    private func stems(of sentence: String) -> Set<String> {
        let lower = " " + sentence.lowercased() + " "
        var stems = ImprovText(sentence).stems
        let implied: [(signs: [String], stem: String)] = [
            ([" i'm ", " i am ", " call me ", " this is "], "name"), ([" years old"], "old"), ([" years old"], "age"),
            ([" live in ", " from ", " based in "], "live"), ([" live in ", " i'm from ", " i am from "], "city"),
            ([" work as ", " work at ", " job "], "work"), ([" like ", " love ", " prefer "], "favorite"),
        ]
        for (signs, stem) in implied where signs.contains(where: { lower.contains($0) }) {
            stems.insert(ImprovWords.stem(stem))
        }
        return stems
    }

    private func sentences(of text: String) -> [String] {
        var sentences: [String] = []
        var sentence = ""
        let characters = Array(text.prefix(ImprovText.maximumLength))
        for (index, character) in characters.enumerated() {
            sentence.append(character)
            let isEnd = index + 1 == characters.count || characters[index + 1].isWhitespace
            if character == "\n" || (".!?".contains(character) && isEnd) {
                sentences.append(sentence.improvTrimmed)
                sentence = ""
            }
        }
        sentences.append(sentence.improvTrimmed)
        return sentences.filter { !$0.isEmpty }
    }
}
