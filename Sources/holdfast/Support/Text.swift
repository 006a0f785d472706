/// Small things about texts for people.
enum Text {
    /// The text on one line, cut at a length.
    static func cut(_ text: String, to length: Int) -> String {
        let line = oneLine(text)
        return line.count <= length ? line : line.prefix(max(1, length - 1)) + "…"
    }

    /// White space and control characters made to single spaces.
    static func oneLine(_ text: String) -> String {
        text.split { $0.isWhitespace || ($0.unicodeScalars.first?.value ?? 32) < 32 }.joined(separator: " ")
    }

    /// Text from outside without the control characters that could drive a terminal.
    static func safe(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { result.append(isControl(scalar) ? "\u{FFFD}" : scalar) }
        return String(result)
    }

    /// A number with its noun: `1 file`, `2 files`.
    static func count(_ number: Int, _ noun: String, plural: String? = nil) -> String {
        "\(number) \(number == 1 ? noun : plural ?? noun + "s")"
    }

    /// Text at least so wide.
    static func pad(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    /// Text at least so wide, at the right.
    static func padLeft(_ text: String, to width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        (scalar.value < 32 && scalar != "\n" && scalar != "\t") || 0x7F...0x9F ~= scalar.value
    }
}
