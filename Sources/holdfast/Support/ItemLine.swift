import HoldfastCore

/// An item of a session as one line.
enum ItemLine {
    /// Role or tool, then what was said, asked or answered.
    static func text(_ item: JSON, width: Int) -> String {
        let (label, style, text) = parts(item)
        let room = max(20, width - 12)
        return style(Text.pad(label, to: 11)) + " " + Text.cut(text, to: room)
    }

    private static func parts(_ item: JSON) -> (String, Style, String) {
        let status = item["status"]?.string ?? ""
        let mark = status == "completed" || status.isEmpty ? "" : " [\(status)]"
        switch item["type"]?.string ?? "" {
        case "message":
            let isUser = item["role"]?.string == "user"
            return (isUser ? "you" : "agent", isUser ? .cyan : .green, Text.safe(item.contentText) + mark)
        case "reasoning":
            let text = item.list("summary").compactMap { $0["text"]?.string }.joined(separator: " ")
            return ("thinks", .dim, Text.safe(text))
        case "command_execution":
            let exit = item["exit_code"]?.integer.map { " → \($0)" } ?? ""
            return ("shell", .yellow, "\(item.text("command"))\(exit)\(mark)")
        case "function_call_output":
            return ("result", .dim, item["output"]?.string.map(Text.safe) ?? item.text("error"))
        case let type:
            let name = item["name"]?.string ?? type
            return (name, .yellow, Text.safe((item["arguments"]?.text ?? "") + mark))
        }
    }
}
