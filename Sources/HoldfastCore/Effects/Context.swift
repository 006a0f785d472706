/// What a model call sees: a view over a session's items, in the order in which a conversation makes sense.
///
/// Items stand in the order in which they were accepted. A message that came while a call was under way was not seen
/// by it, so it follows that call's answer here, and results stand right behind their calls.
public enum Context {
    /// The entries for the model call that is due.
    public static func entries(_ state: SessionState) -> [ContextEntry] {
        var entries = Ordered(capacity: 2 * state.items.count)
        // The calls of one answer stand together, and so do their results, once all of them are there.
        var callsOf = 0
        for (index, item) in state.items.enumerated() {
            switch item.body {
            case .userMessage(let content): entries.hold(content, seenBy: item.modelCall)
            case .assistantMessage(let text, _):
                // What a failed attempt left is not part of the conversation.
                guard item.status == .completed || item.status == .truncated else { continue }
                entries.beginOutput(of: item.modelCall)
                entries.append(.assistant(text))
            case .toolCall(let call):
                if item.modelCall != callsOf { entries.beginOutput(of: item.modelCall) }
                callsOf = item.modelCall
                entries.append(.call(id: call.id, name: call.name, arguments: call.arguments))
                entries.hold(resultOf: call.id, result(of: call, at: index, state))
            case .reasoning, .functionOutput: break
            }
        }
        // What came while the due call was under way is left out: another attempt of it has the same context, and the
        // call after it sees the message, at the place where it then stands.
        entries.beginOutput(of: state.modelCalls + 1)
        return entries.all
    }

    private static func result(of call: ToolCall, at index: Int, _ state: SessionState) -> [ContentPart] {
        if case .refused(let reason) = call.runner { return [.text(reason)] }
        if let outcome = call.outcome {
            return [.text(outcome.kind == .cancelled ? outcome.output + "[cancelled]" : outcome.output)]
        }
        return switch output(of: call.id, behind: index, state) {
        case .text(let text): [.text(text)]
        case .parts(let parts): parts
        case .error(let message): [.text(message)]
        case .some(.none): [.text("")]
        case nil: [.text("[cancelled]")]
        }
    }

    /// The client's result of a call; it stands somewhere behind it in the same turn.
    private static func output(of call: String, behind index: Int, _ state: SessionState) -> FunctionOutput? {
        let turn = state.items[index].turn
        for item in state.items[(index + 1)...] {
            guard item.turn == turn else { return nil }
            if case .functionOutput(let id, let output) = item.body, id == call { return output }
        }
        return nil
    }

    /// Entries in their order, and those that must wait for their place.
    private struct Ordered {
        private(set) var all: [ContextEntry] = []
        private var results: [ContextEntry] = []
        private var messages: [(seenBy: Int, content: [ContentPart])] = []

        init(capacity: Int) { all.reserveCapacity(capacity) }

        mutating func append(_ entry: ContextEntry) { all.append(entry) }

        mutating func hold(_ message: [ContentPart], seenBy call: Int) { messages.append((call, message)) }

        mutating func hold(resultOf call: String, _ output: [ContentPart]) {
            results.append(.result(id: call, output: output))
        }

        /// What the call saw stands before what it put out.
        mutating func beginOutput(of call: Int) {
            all += results
            results.removeAll(keepingCapacity: true)
            guard !messages.isEmpty else { return }
            for message in messages where message.seenBy <= call { all.append(.user(message.content)) }
            messages.removeAll { $0.seenBy <= call }
        }
    }
}
