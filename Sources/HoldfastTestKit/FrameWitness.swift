import HoldfastCore
import HoldfastRuntime

/// Checks that a session's public events tell one consistent story.
struct FrameWitness: Sendable {
    private struct Item: Sendable {
        var isOutput: Bool
        var isDone = false
        var deltas = ""
    }

    private let identifiers: SessionIdentifiers
    private var violations = Violations()
    /// The items of the turn that works.
    private var items: [String: Item] = [:]
    private var seen: Set<String> = []
    private var openTurn: String?
    private var status: String?

    init(session: String) {
        identifiers = SessionIdentifiers(session: session)
    }

    mutating func takeViolations() -> [Violation] {
        defer { violations = Violations() }
        return violations.found
    }

    /// Takes the public events of one journal event.
    mutating func observe(_ frames: [StreamFrame], after state: SessionState) {
        for (part, frame) in frames.enumerated() {
            violations.require(
                frame.position == StreamPosition(seq: state.seq, part: part)
                    && frame.id == identifiers.event(state.seq, part)
                    && identifiers.position(ofEvent: frame.id) == frame.position,
                "a public event's id says its place", frame.id)
            guard let data = try? JSONParser.parse(frame.openData + Array("}".utf8)) else {
                violations.require(false, "a public event is JSON", frame.id)
                continue
            }
            violations.require(data["type"]?.string == frame.name, "a public event says its type", frame.id)
            take(frame.name, data, frame.id)
        }
        guard !state.isDeleted else { return }
        violations.require(
            status == nil || status == state.status.rawValue, "the stream says what the session does",
            "seq \(state.seq): the stream says \(status ?? ""), the session is \(state.status.rawValue)")
        violations.require(
            openTurn == state.activeTurn?.id, "the stream says which turn works", "seq \(state.seq)")
    }

    private mutating func take(_ name: String, _ data: JSON, _ id: String) {
        let item = data["item_id"]?.string ?? data["item"]?["id"]?.string ?? ""
        switch name {
        case "agent.session.turn.created":
            violations.require(openTurn == nil, "one turn at a time", id)
            openTurn = data["turn_id"]?.string
        case "agent.session.turn.in_progress": break
        case "agent.session.turn.completed", "agent.session.turn.failed", "agent.session.turn.cancelled":
            endTurn(data["turn_id"]?.string, id)
        case "agent.session.turn.item.added":
            violations.require(seen.insert(item).inserted, "an item is added once", "\(id) \(item)")
            let turn = data["turn_id"]?.string ?? ""
            violations.require(turn == openTurn, "items belong to the turn that works", "\(id) \(item)")
            items[item] = Item(isOutput: data["output_index"]?.integer != nil)
        case "agent.session.turn.item.done": done(item, data, id)
        case "agent.session.turn.output_text.delta", "agent.session.turn.reasoning_summary_text.delta",
            "agent.output.command_execution_output.delta":
            violations.require(items[item]?.isDone == false, "deltas come between added and done", "\(id) \(item)")
            items[item]?.deltas += data["delta"]?.string ?? ""
        case "agent.session.turn.output_text.done", "agent.session.turn.reasoning_summary_text.done":
            violations.require(
                items[item]?.deltas == data["text"]?.string, "deltas add up to the text", "\(id) \(item)")
        default:
            if let shown = data["session"]?["status"]?.string { status = shown }
        }
    }

    private mutating func done(_ item: String, _ data: JSON, _ id: String) {
        violations.require(items[item]?.isDone == false, "an item is done once, after it was added", "\(id) \(item)")
        items[item]?.isDone = true
        let body = data["item"]
        violations.require(body?["status"]?.string != "in_progress", "a done item is not in progress", "\(id) \(item)")
        let whole: String?
        switch body?["type"]?.string {
        case "message": whole = body?["content"]?.array?.first?["text"]?.string
        case "reasoning": whole = body?["summary"]?.array?.first?["text"]?.string
        case "command_execution": whole = body?["output"]?.string
        default: return
        }
        violations.require(
            items[item]?.deltas == whole ?? "", "deltas add up to the item",
            "\(id) \(item): \(items[item]?.deltas ?? "") is not \(whole ?? "")")
    }

    private mutating func endTurn(_ turn: String?, _ id: String) {
        violations.require(turn == openTurn, "a turn ends once", id)
        openTurn = nil
        for (item, entry) in items.sorted(by: { $0.key < $1.key }) where entry.isOutput {
            violations.require(entry.isDone, "every output is done by the end of its turn", "\(id) \(item)")
        }
        items = [:]
    }
}
