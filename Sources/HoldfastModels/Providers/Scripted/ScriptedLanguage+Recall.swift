import _StringProcessing

extension ScriptedLanguage {
    private static let maximumPattern = 1_000

    /// The first match of a pattern in the first entry that has one: group 1, when the pattern has groups.
    ///
    /// The dialect is Swift's, matching by Unicode scalar like the reference. A pattern that does not compile, or is
    /// longer than anybody writes, finds nothing.
    static func recall(_ pattern: String, in context: [Entry], except script: Int, room: Int) -> String {
        guard pattern.utf8.count <= maximumPattern,
            let regex = try? Regex(pattern).matchingSemantics(.unicodeScalar)
        else { return "no match" }
        for (index, entry) in context.enumerated() where index != script {
            guard let match = try? regex.firstMatch(in: entry.text) else { continue }
            let found = match.output.count > 1 ? match.output[1].substring ?? "" : match.output[0].substring ?? ""
            return found.utf8.count <= room ? String(found) : ""
        }
        return "no match"
    }
}
