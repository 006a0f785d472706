import HoldfastCore

extension [ContentPart] {
    /// The text parts, joined by newlines.
    var joinedText: String {
        if count == 1, case .text(let text) = self[0] { return text }
        return compactMap { part in
            if case .text(let text) = part { text } else { nil }
        }.joined(separator: "\n")
    }
}
