/// What a model call sees: a view over a session's items, in the order in which a conversation makes sense.
///
/// Items stand in the order in which they were accepted. A message that came while a call was under way was not seen
/// by it, so it follows that call's answer here, and results stand right behind their calls.
public enum Context {
    /// The entries for the model call that is due.
    public static func entries(_ state: SessionState) -> [ContextEntry] {
        var builder = Builder(state)
        state.items.scan { index, item in
            builder.add(item, at: index)
            return true
        }
        return builder.finish()
    }

    private struct Builder {
        private let state: SessionState
        private var entries: [ContextEntry] = []
        private var held: [(seenBy: Int, content: [ContentPart])] = []
        /// The calls of one answer, whose results follow once all of them are there.
        private var calls: [(call: ToolCall, item: Int)] = []
        private var callsOf = 0

        init(_ state: SessionState) {
            self.state = state
            entries.reserveCapacity(state.items.count)
        }

        mutating func add(_ item: borrowing Item, at index: Int) {
            switch item.body {
            case .userMessage(let content): held.append((item.modelCall, content))
            case .assistantMessage(let text, _):
                guard item.status == .completed || (item.status == .incomplete && isCutByPerson(at: index)) else {
                    return
                }
                beforeOutput(of: item.modelCall)
                entries.append(.assistant(text))
            case .toolCall(let call):
                if item.modelCall != callsOf { beforeOutput(of: item.modelCall) }
                callsOf = item.modelCall
                calls.append((call, index))
                entries.append(.call(id: call.id, name: call.name, arguments: call.arguments))
            case .reasoning, .functionOutput: break
            }
        }

        /// What a failed attempt left is not part of the conversation; what a person cut off is.
        private func isCutByPerson(at index: Int) -> Bool {
            let (turn, call) = (state.items[index].turn, state.items[index].modelCall)
            guard state.turns.contains(where: { $0.id == turn && $0.status == .cancelled }) else { return false }
            var isLastAttempt = true
            state.items.scan(from: index + 1) { _, item in
                if item.turn == turn, item.modelCall == call, case .assistantMessage = item.body {
                    isLastAttempt = false
                }
                return isLastAttempt && item.turn == turn
            }
            return isLastAttempt
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
            for (call, item) in calls { entries.append(.result(id: call.id, output: result(of: call, at: item))) }
            calls.removeAll(keepingCapacity: true)
        }

        private func result(of call: ToolCall, at index: Int) -> [ContentPart] {
            if case .refused(let reason) = call.runner { return [.text(reason)] }
            if let outcome = call.outcome {
                return [.text(outcome.kind == .cancelled ? outcome.output + "[cancelled]" : outcome.output)]
            }
            return switch output(of: call.id, behind: index) {
            case .text(let text): [.text(text)]
            case .parts(let parts): parts
            case .error(let message): [.text(message)]
            case .some(.none): [.text("")]
            case nil: [.text("[cancelled]")]
            }
        }

        /// The client's result of a call; it stands somewhere behind it in the same turn.
        private func output(of call: String, behind index: Int) -> FunctionOutput? {
            var found: FunctionOutput?
            let turn = state.items[index].turn
            state.items.scan(from: index + 1) { _, item in
                guard item.turn == turn else { return false }
                guard case .functionOutput(let id, let output) = item.body, id == call else { return true }
                found = output
                return false
            }
            return found
        }

        /// Leaves out what came while the due call was under way: another attempt of it has the same context, and the
        /// call after it sees the message, at the place where it then stands.
        mutating func finish() -> [ContextEntry] {
            flushResults()
            let due = state.modelCalls + 1
            flushMessages { $0 <= due }
            return entries
        }
    }
}
