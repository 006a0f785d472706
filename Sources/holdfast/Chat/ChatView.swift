import HoldfastCore

/// Shows a session's events to a person as they come: tokens, tool calls, the output of commands.
final class ChatView {
    private let isQuiet: Bool
    private var isAtLineStart = true

    /// - Parameter isQuiet: Whether only answers and problems are shown.
    init(isQuiet: Bool = false) { self.isQuiet = isQuiet }

    /// Shows one event.
    func show(_ event: StreamEvent) {
        switch event.kind {
        case "turn.output_text.delta": add(Text.safe(event.delta))
        case "turn.output_text.done": endLine()
        case "turn.reasoning_summary_text.delta": detail(Style.dim(Text.safe(event.delta)))
        case "turn.reasoning_summary_text.done": endLine()
        case "command_execution_output.delta" where event.delta.contains(ToolOutcome.unknownText): break
        case "command_execution_output.delta": detail(Style.dim(Text.safe(event.delta)))
        case "turn.item.added": begin(event.item ?? .null)
        case "turn.item.done": end(event.item ?? .null)
        case "turn.failed": problem(event.body["turn"]?["error"]?.text("message") ?? "the turn failed")
        case "turn.cancelled": line(Style.yellow("(cancelled)"))
        case "environment.failed":
            problem(event.body["environment"]?["error"]?.text("message") ?? "the environment failed")
        case "failed": problem(event.body["session"]?.text("error") ?? "the session failed")
        case "budget_reached": problem("the session's spending limit is reached")
        case "requires_action": actions(event.body["session"]?.list("required_actions") ?? [])
        default: break
        }
    }

    /// Ends a line that is not ended yet.
    func endLine() {
        if !isAtLineStart { add("\n") }
    }

    /// Prints a whole line.
    func line(_ text: String) {
        endLine()
        add(text + "\n")
    }

    private func begin(_ item: JSON) {
        switch item["type"]?.string {
        case "command_execution": detailLine(Style.yellow("$ " + Text.safe(item["command"]?.string ?? "")))
        case "function_call", "mcp_call":
            detailLine(Style.yellow("→ \(item.text("name"))") + " " + Style.dim(arguments(item)))
        default: break
        }
    }

    private func end(_ item: JSON) {
        let status = item["status"]?.string ?? ""
        switch item["type"]?.string {
        case "command_execution":
            endLine()
            let code = item["exit_code"]?.integer
            if isUnknown(item) {
                line(Style.yellow("? outcome unknown: the server stopped while this ran"))
            } else if let code, code != 0 {
                detailLine(Style.red("exit code \(code)"))
            }
        case "mcp_call":
            let answer = item["output"].map { $0.string ?? $0.text } ?? item["error"]?.text ?? ""
            detailLine(Style.dim("← " + Text.cut(Text.safe(answer), to: max(20, Terminal.width - 4))))
        case "message" where status == "incomplete":
            line(Style.dim("(cut off)"))
        default: break
        }
    }

    private func isUnknown(_ item: JSON) -> Bool {
        (item["output"]?.string ?? "").contains(ToolOutcome.unknownText)
    }

    private func arguments(_ item: JSON) -> String {
        let value = item["arguments"] ?? [:]
        return Text.cut(Text.safe(value.string ?? value.text), to: max(20, Terminal.width - 24))
    }

    private func actions(_ actions: [JSON]) {
        for action in actions where action["type"]?.string == "function_call" {
            line(Style.yellow("The agent waits for the result of \(action.text("name")) \(arguments(action))."))
        }
    }

    private func problem(_ text: String) { line(Style.red("✖ \(text)")) }

    private func detail(_ text: String) {
        if !isQuiet { add(text) }
    }

    private func detailLine(_ text: String) {
        if !isQuiet { line(text) }
    }

    private func add(_ text: String) {
        guard !text.isEmpty else { return }
        Terminal.write(text)
        isAtLineStart = text.hasSuffix("\n") || text.hasSuffix("\n\u{1B}[0m")
    }
}
