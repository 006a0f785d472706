import HoldfastCore

/// One thing, a line for each of its properties.
enum Details {
    /// Prints names and values; further lines of a value are indented.
    static func print(_ pairs: [(String, String)]) {
        for (name, value) in pairs {
            let lines = value.split(separator: "\n", omittingEmptySubsequences: false)
            Terminal.line("  \(Style.dim(Text.pad(name, to: 14)))\(lines.first ?? "")")
            for line in lines.dropFirst() { Terminal.line(String(repeating: " ", count: 16) + line) }
        }
    }

    /// The members of a flat object: `a=1, b=2`.
    static func pairs(_ value: JSON?) -> String {
        let members = value?.object?.members ?? []
        guard !members.isEmpty else { return "–" }
        return Text.safe(members.map { "\($0.name)=\($0.value.string ?? $0.value.text)" }.joined(separator: ", "))
    }

    /// Token usage: `1,200 in (300 cached), 80 out`.
    static func usage(_ usage: JSON?) -> String {
        guard let usage, !usage.isNull else { return "–" }
        let cached = usage["input_tokens_details"]?.number("cached_tokens") ?? 0
        let input = "\(usage.number("input_tokens")) in" + (cached > 0 ? " (\(cached) cached)" : "")
        return "\(input), \(usage.number("output_tokens")) out"
    }
}
