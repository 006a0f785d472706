import HoldfastCore
import HoldfastRuntime

/// Writes the public events of one journal event; numbers them in order.
struct EventWriter {
    let state: SessionState
    private(set) var frames: [StreamFrame]
    private var part = 0

    init(state: SessionState, frames: [StreamFrame]) {
        self.state = state
        self.frames = frames
    }

    /// An event about the session.
    mutating func session(_ type: String) {
        frame(type) { $0.member("session", SessionResource(state: $1)) }
    }

    /// An event about the newest turn.
    mutating func turn(_ type: String, withUsage: Bool = false) {
        guard let turn = state.turns.last else { return }
        frame(type) { writer, state in
            writer.member("session_id", state.id)
            writer.member("turn_id", turn.id)
            writer.member("turn", TurnResource(turn: turn, state: state))
            if withUsage {
                writer.member("usage", turn.modelCalls == 0 ? nil : UsageResource(usage: turn.usage))
            }
        }
    }

    /// The state of the environment.
    mutating func environment() {
        frame("agent.session.environment.\(state.environment.status.rawValue)") { writer, state in
            writer.member("session_id", state.id)
            writer.member("turn_id", state.activeTurn?.id)
            writer.member("environment", EnvironmentStateResource(environment: state.environment))
        }
    }

    /// An item appeared.
    mutating func added(_ item: Item) {
        itemEvent("agent.session.turn.item.added", item) { $0.member("item", ItemResource(item: item)) }
    }

    /// An output item is complete, or cut off.
    mutating func done(_ item: Item) {
        itemEvent("agent.session.turn.item.done", item) { $0.member("item", ItemResource(item: item)) }
    }

    /// A message or reasoning begins to stream.
    mutating func begin(_ item: Item) {
        itemEvent("agent.session.turn.item.added", item) {
            $0.member("item", ItemResource(item: item, isJustAdded: true))
        }
        partEvent(item, "added") { $0.member("part", Self.part(of: item, text: "")) }
    }

    /// A piece of text.
    mutating func delta(_ text: String, of item: Item) {
        guard !text.isEmpty else { return }
        textEvent(item, "delta") { $0.member("delta", text) }
    }

    /// The rest of a text, and its end.
    mutating func finish(_ item: Item, streamed: String) {
        let text = item.streamedText
        delta(text.remainder(after: streamed), of: item)
        textEvent(item, "done") { $0.member("text", text) }
        partEvent(item, "done") { $0.member("part", Self.part(of: item, text: text)) }
        done(item)
    }

    /// A piece of a command's output.
    mutating func outputDelta(_ text: String, of item: Item) {
        itemEvent("agent.output.command_execution_output.delta", item, itemID: true) { $0.member("delta", text) }
    }

    private mutating func partEvent(_ item: Item, _ change: String, _ body: (inout JSONWriter) -> Void) {
        let kind = item.isReasoning ? "reasoning_summary_part" : "content_part"
        itemEvent("agent.session.turn.\(kind).\(change)", item, itemID: true) { writer in
            writer.member(item.isReasoning ? "summary_index" : "content_index", 0)
            body(&writer)
        }
    }

    private mutating func textEvent(_ item: Item, _ change: String, _ body: (inout JSONWriter) -> Void) {
        let kind = item.isReasoning ? "reasoning_summary_text" : "output_text"
        itemEvent("agent.session.turn.\(kind).\(change)", item, itemID: true) { writer in
            writer.member(item.isReasoning ? "summary_index" : "content_index", 0)
            body(&writer)
        }
    }

    private mutating func itemEvent(
        _ type: String, _ item: Item, itemID: Bool = false, _ body: (inout JSONWriter) -> Void
    ) {
        frame(type) { writer, state in
            writer.member("session_id", state.id)
            writer.member("turn_id", item.turn)
            if itemID { writer.member("item_id", item.id) }
            writer.member("output_index", item.outputIndex)
            body(&writer)
        }
    }

    private mutating func frame(_ type: String, _ body: (inout JSONWriter, borrowing SessionState) -> Void) {
        let id = state.identifiers.event(state.seq, part)
        let data = JSONWriter.openObject { writer in
            writer.member("type", type)
            writer.member("event_id", id)
            body(&writer, state)
        }
        frames.append(
            StreamFrame(position: StreamPosition(seq: state.seq, part: part), id: id, name: type, openData: data))
        part += 1
    }

    private static func part(of item: Item, text: String) -> Text {
        Text(type: item.isReasoning ? "summary_text" : "output_text", text: text)
    }
}

extension Item {
    /// Whether this is reasoning.
    var isReasoning: Bool {
        if case .reasoning = body { true } else { false }
    }
}
