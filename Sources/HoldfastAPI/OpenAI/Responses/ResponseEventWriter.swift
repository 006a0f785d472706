import HoldfastCore
import HoldfastRuntime

/// Writes the public events of one journal event of a response; the names and members are those of
/// `ResponseStreamEvent` of the `openai` package.
struct ResponseEventWriter {
    /// The events after which a response's stream ends.
    static let terminal: Set<String> = ["response.completed", "response.incomplete", "response.failed"]

    let state: SessionState
    let turn: Turn
    private(set) var frames: [StreamFrame]
    private var part = 0

    init(state: SessionState, turn: Turn, frames: [StreamFrame]) {
        self.state = state
        self.turn = turn
        self.frames = frames
    }

    /// An event about the whole response.
    mutating func response(_ type: String, isQueued: Bool = false) {
        guard let resource = ResponseResource(state, turn: turn.id, isQueued: isQueued) else { return }
        frame(type) { $0.member("response", resource) }
    }

    /// A message or reasoning begins to stream.
    mutating func begin(_ item: Item) {
        added(item)
        // Thoughts that only the provider can read have no text to show.
        if item.isReasoning { return }
        beginPart(item)
    }

    private mutating func beginPart(_ item: Item) {
        partEvent(item, "added", text: "")
    }

    /// A piece of text.
    mutating func delta(_ text: String, of item: Item) {
        guard !text.isEmpty else { return }
        if item.isReasoning, item.streamedText == text { beginPart(item) }
        textEvent(item, "delta") { writer in
            writer.member("delta", text)
            if !item.isReasoning, !item.isRefusal { writer.member("logprobs", [JSON]()) }
        }
    }

    /// The rest of a text, and its end.
    mutating func finish(_ item: Item, streamed: String) {
        let text = item.streamedText
        delta(text.remainder(after: streamed), of: item)
        if !item.isReasoning || !text.isEmpty {
            textEvent(item, "done") { writer in
                if item.isRefusal {
                    writer.member("refusal", text)
                } else {
                    writer.member("text", text)
                    if !item.isReasoning { writer.member("logprobs", item.details?["logprobs"] ?? []) }
                }
            }
            partEvent(item, "done", text: text)
        }
        done(item)
    }

    /// A call that the answer asks for.
    mutating func call(_ item: Item, _ call: ToolCall) {
        added(item)
        let kind: String
        if case .server = call.runner {
            kind = "mcp_call_arguments"
            itemEvent("mcp_call.in_progress", item, withID: true) { _ in }
        } else {
            kind = call.isCustom ? "custom_tool_call_input" : "function_call_arguments"
        }
        if !call.arguments.isEmpty {
            itemEvent("\(kind).delta", item, withID: true) { $0.member("delta", call.arguments) }
        }
        itemEvent("\(kind).done", item, withID: true) { writer in
            if call.isCustom {
                writer.member("input", call.arguments)
            } else {
                writer.member("name", call.name)
                writer.member("arguments", call.arguments)
            }
        }
        if !item.isOpen { done(item) }
    }

    /// A call that the server ran has its outcome.
    mutating func finished(_ item: Item) {
        itemEvent(item.status == .completed ? "mcp_call.completed" : "mcp_call.failed", item, withID: true) { _ in }
        done(item)
    }

    mutating func added(_ item: Item) {
        itemEvent("output_item.added", item) { $0.member("item", ResponseItem(item: item, isJustAdded: true)) }
    }

    mutating func done(_ item: Item) {
        let request = turn.request?.members
        let withReplay = request?["include"]?.array?.contains("reasoning.encrypted_content") == true
        itemEvent("output_item.done", item) {
            $0.member("item", ResponseItem(item: item, withEncryptedContent: withReplay))
        }
    }

    private mutating func partEvent(_ item: Item, _ change: String, text: String) {
        itemEvent("\(item.isReasoning ? "reasoning_summary_part" : "content_part").\(change)", item, withID: true) {
            writer in
            if item.isReasoning {
                writer.member("summary_index", 0)
                writer.member("part", Text(type: "summary_text", text: text))
            } else {
                writer.member("content_index", 0)
                writer.member("part", OutputPart(item: item, text: text))
            }
        }
    }

    private mutating func textEvent(_ item: Item, _ change: String, _ body: (inout JSONWriter) -> Void) {
        let kind = item.isReasoning ? "reasoning_summary_text" : item.isRefusal ? "refusal" : "output_text"
        itemEvent("\(kind).\(change)", item, withID: true) { writer in
            writer.member(item.isReasoning ? "summary_index" : "content_index", 0)
            body(&writer)
        }
    }

    mutating func itemEvent(
        _ type: String, _ item: Item, withID: Bool = false, _ body: (inout JSONWriter) -> Void
    ) {
        frame("response." + type) { writer in
            if withID { writer.member("item_id", item.id) }
            writer.member("output_index", item.outputIndex)
            body(&writer)
        }
    }

    private mutating func frame(_ type: String, _ body: (inout JSONWriter) -> Void) {
        let data = JSONWriter.openObject { writer in
            writer.member("type", type)
            body(&writer)
        }
        frames.append(
            StreamFrame(
                position: StreamPosition(seq: state.seq, part: part), id: state.identifiers.event(state.seq, part),
                name: type, openData: data))
        part += 1
    }
}
