import HoldfastCore

/// Shows an answer as it comes: the first reasoning, whole items, the first message. What is behind that message, or
/// behind a call, comes with the answer, so that the pieces are always the beginning of it.
struct ResponsesLivePieces {
    private let emit: @Sendable (ModelPiece) -> Void
    /// The place that may show something.
    private var cursor = 0
    private var hasReasoning = false
    /// Whether the item at the cursor is of the kind whose text is shown.
    private var isMessage = false
    private var isReasoning = false
    /// The part that came last: the parts of an item are set apart.
    private var part: JSON?
    private var isOver = false
    private var waiting: [Int: JSONObject] = [:]

    init(emit: @escaping @Sendable (ModelPiece) -> Void) { self.emit = emit }

    mutating func added(_ item: JSONObject, at place: Int) {
        guard !isOver, place == cursor else { return }
        isMessage = item["type"] == "message"
        isReasoning = item["type"] == "reasoning" && !hasReasoning
    }

    mutating func text(_ text: String, of event: JSON, at place: Int) {
        guard !isOver, place == cursor, isMessage, !text.isEmpty else { return }
        emit(.text(separator(before: event["content_index"]) + text))
    }

    mutating func reasoning(_ text: String, of event: JSON, at place: Int) {
        guard !isOver, place == cursor, isReasoning, !text.isEmpty else { return }
        emit(.reasoning(separator(before: event["summary_index"] ?? event["content_index"]) + text))
    }

    private mutating func separator(before next: JSON?) -> String {
        let next = next ?? 0
        defer { part = next }
        return part == nil || part == next ? "" : "\n\n"
    }

    mutating func done(_ item: JSONObject, at place: Int) {
        guard !isOver else { return }
        waiting[place] = item
        while !isOver, let item = waiting.removeValue(forKey: cursor) {
            guard item["type"] != "message", ResponsesAnswerBuilder.call(of: item) == nil else {
                isOver = true
                return
            }
            if item["type"] == "reasoning" { hasReasoning = true }
            emit(.item(item))
            cursor += 1
            (isMessage, isReasoning, part) = (false, false, nil)
        }
    }
}
