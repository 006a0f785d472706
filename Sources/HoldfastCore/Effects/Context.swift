/// What a model call sees: a view over a session's items, in the order in which a conversation makes sense.
///
/// Items stand in the order in which they were accepted. A message that came while a call was under way was not seen
/// by it, so it follows that call's answer here, and results stand right behind their calls.
public enum Context {
    /// The entries for the model call that is due.
    public static func entries(_ state: SessionState) -> [ContextEntry] {
        var builder = Builder(state)
        for item in state.items { builder.add(item) }
        return builder.finish()
    }

    private struct Builder {
        var entries: [ContextEntry] = []
        private var held: [(seenBy: Int, content: [ContentPart])] = []
        private var calls: [ToolCall] = []
        private var callsOf = 0
        private var outputs: [String: FunctionOutput] = [:]
        private var cancelledTurns: Set<String> = []

        init(_ state: SessionState) {
            entries.reserveCapacity(state.items.count)
            for item in state.items {
                if case .functionOutput(let call, let output) = item.body { outputs[call] = output }
            }
            for turn in state.turns where turn.status == .cancelled { cancelledTurns.insert(turn.id) }
        }

        mutating func add(_ item: Item) {
            switch item.body {
            case .userMessage(let content): held.append((item.modelCall, content))
            case .assistantMessage(let text, _):
                guard isSeen(item) else { return }
                beforeOutput(of: item.modelCall)
                entries.append(.assistant(text))
            case .toolCall(let call):
                if item.modelCall != callsOf { beforeOutput(of: item.modelCall) }
                callsOf = item.modelCall
                calls.append(call)
                entries.append(.call(id: call.id, name: call.name, arguments: call.arguments))
            case .reasoning, .functionOutput: break
            }
        }

        /// What a failed attempt left is not part of the conversation; what a person cut off is.
        private func isSeen(_ item: Item) -> Bool {
            item.status == .completed || (item.status == .incomplete && cancelledTurns.contains(item.turn))
        }

        private mutating func beforeOutput(of call: Int) {
            flushResults()
            flushMessages { $0 <= call }
        }

        private mutating func flushMessages(where isDue: (Int) -> Bool) {
            guard !held.isEmpty else { return }
            for message in held where isDue(message.seenBy) { entries.append(.user(message.content)) }
            held.removeAll { isDue($0.seenBy) }
        }

        private mutating func flushResults() {
            for call in calls { entries.append(.result(id: call.id, output: result(of: call))) }
            calls.removeAll(keepingCapacity: true)
        }

        private func result(of call: ToolCall) -> [ContentPart] {
            if case .refused(let reason) = call.runner { return [.text(reason)] }
            if let outcome = call.outcome {
                return [.text(outcome.kind == .cancelled ? outcome.output + "[cancelled]" : outcome.output)]
            }
            return switch outputs[call.id] {
            case .text(let text): [.text(text)]
            case .parts(let parts): parts
            case .error(let message): [.text(message)]
            case .some(.none): [.text("")]
            case nil: [.text("[cancelled]")]
            }
        }

        mutating func finish() -> [ContextEntry] {
            flushResults()
            flushMessages { _ in true }
            return entries
        }
    }
}
