import HoldfastCore

/// The tool calls that a journal tells of.
struct DemoJournal {
    /// One call with everything that the journal says about it.
    struct Call {
        var id: String
        var name: String
        var arguments: String
        var starts = 0
        var outcome: String?
        /// Whether the call may only be started once.
        var isAtMostOnce: Bool
    }

    private(set) var calls: [Call] = []
    /// Sequence numbers that are missing or out of order.
    private(set) var gaps: [Int64] = []

    init(session: String, records: [JSON]) {
        let ids = SessionIdentifiers(session: session)
        var expected: Int64 = 1
        for record in records {
            let seq = record.number("seq")
            if seq != expected { gaps.append(seq) }
            expected = seq + 1
            take(record.text("kind"), seq, record["body"] ?? .null, ids)
        }
    }

    private mutating func take(_ kind: String, _ seq: Int64, _ body: JSON, _ ids: SessionIdentifiers) {
        switch kind {
        case "model.answered":
            for (index, call) in body.list("calls").enumerated() {
                calls.append(
                    Call(
                        id: ids.call(seq, index), name: call.text("name"), arguments: call["arguments"]?.string ?? "",
                        isAtMostOnce: call["server"]?["class"]?.string == "at_most_once"))
            }
        case "tool.started": update(body) { $0.starts += 1 }
        case "tool.finished": update(body) { $0.outcome = body["outcome"]?["kind"]?.string }
        case "tool.interrupted": update(body) { $0.outcome = $0.isAtMostOnce ? "unknown" : nil }
        default: break
        }
    }

    private mutating func update(_ body: JSON, _ change: (inout Call) -> Void) {
        guard let index = calls.lastIndex(where: { $0.id == body["call"]?.string }) else { return }
        change(&calls[index])
    }
}
