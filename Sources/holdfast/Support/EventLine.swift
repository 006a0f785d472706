import HoldfastCore

/// A stream event as one line.
enum EventLine {
    /// What a person wants to know of an event; `nil` for the small steps between.
    static func text(_ event: StreamEvent, width: Int) -> String? {
        let label = Style.dim(Text.pad(event.kind, to: 32)) + " "
        let room = max(20, width - 33)
        switch event.kind {
        case "turn.item.added", "turn.item.done":
            return label + ItemLine.text(event.item ?? .null, width: room)
        case "turn.output_text.delta", "command_execution_output.delta", "turn.reasoning_summary_text.delta":
            return label + Text.cut(Text.safe(event.delta), to: room)
        case let kind where kind.hasPrefix("turn.content_part") || kind.hasSuffix(".done"):
            return nil
        case "turn.failed":
            return label + Style.red(event.body["turn"]?["error"]?.text("message") ?? "")
        case "error":
            return label + Style.red(event.body["error"]?.text("message") ?? "")
        case let kind where kind.hasPrefix("turn."):
            return label + (event.body["turn_id"]?.string ?? "")
        case let kind where kind.hasPrefix("environment."):
            return label + (event.body["environment"]?["error"]?["message"]?.string ?? "")
        default:
            return Style.dim(event.kind)
        }
    }

    /// Whether a session does nothing more by itself after this event.
    static func isResting(_ event: StreamEvent) -> Bool {
        ["idle", "failed", "requires_action", "budget_reached"].contains(event.kind)
    }
}
