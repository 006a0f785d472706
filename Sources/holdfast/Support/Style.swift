/// How text looks on a terminal that shows colours.
enum Style: String {
    case plain = ""
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
    case cyan = "36"

    /// The text in this style, or as it is where there are no colours.
    func callAsFunction(_ text: String) -> String {
        guard Terminal.isColoured, self != .plain, !text.isEmpty else { return text }
        return "\u{1B}[\(rawValue)m\(text)\u{1B}[0m"
    }
}
