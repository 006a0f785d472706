/// What a model call sees: a view over a session's items, in the order in which a conversation makes sense.
///
/// Items stand in the order in which they were accepted. A message that came while a call was under way was not seen
/// by it, so it follows that call's answer here, and results stand right behind their calls.
public enum Context {
    /// The model call that is due.
    /// - Parameter serverTools: what the session's environment offers.
    public static func request(_ state: SessionState, serverTools: [ToolDefinition] = []) -> ModelRequest {
        let asked = state.activeTurn?.request
        let declared = asked?.tools ?? state.agent.functions
        var options = asked?.options ?? ModelOptions(settings: state.agent.settings)
        // A demanded call was made: demanded again with every result, it would never end.
        if asked != nil, state.activeTurn?.modelCalls ?? 0 > 0 { options.toolChoice = options.toolChoice.met }
        return ModelRequest(
            model: asked?.model ?? state.agent.model,
            instructions: asked == nil ? state.agent.instructions : asked?.instructions, context: entries(state),
            tools: declared + serverTools.filter { tool in !declared.contains { $0.name == tool.name } },
            options: options, session: state.id)
    }

    /// The entries for the model call that is due.
    public static func entries(_ state: SessionState) -> [ContextEntry] {
        var entries = Ordered(capacity: 2 * state.items.count)
        // What one answer put out stands together; the results of its calls follow, once all of them are there.
        var outputOf = 0
        var turn = TurnCursor(state.turns)
        var ownCalls: Set<String> = []
        var givenCalls: Set<String> = []
        for (index, item) in state.items.enumerated() {
            guard !turn.isAbandoned(at: index) else { continue }
            switch item.body {
            case .deleted: break
            case .other(let other):
                if let call = other.answeredCall {
                    // The result of an own call stands behind that; one whose call was deleted means nothing.
                    guard !ownCalls.contains(call), givenCalls.contains(call) else { break }
                } else if let call = other["call_id"]?.string {
                    givenCalls.insert(call)
                }
                guard item.outputIndex != nil else {
                    entries.hold(ContextEntry(item: other), seenBy: item.modelCall)
                    break
                }
                guard item.status == .completed || item.status == .truncated else { continue }
                entries.beginOutput(of: item.modelCall, after: &outputOf)
                entries.append(ContextEntry(item: other))
            case .userMessage(let content): entries.hold(.user(content), seenBy: item.modelCall)
            case .reasoning(let summary):
                guard item.status == .completed, let replay = item.details?["replay"]?.object else { continue }
                entries.beginOutput(of: item.modelCall, after: &outputOf)
                entries.append(.reasoning(summary: summary, replay: replay))
            case .assistantMessage(let text, _):
                // What a failed attempt left is not part of the conversation.
                guard item.status == .completed || item.status == .truncated else { continue }
                entries.beginOutput(of: item.modelCall, after: &outputOf)
                entries.append(item.dialectMessage.map { .other($0) } ?? .assistant(text))
            case .toolCall(let call):
                entries.beginOutput(of: item.modelCall, after: &outputOf)
                ownCalls.insert(call.id)
                entries.append(
                    call.isCustom
                        ? .customCall(id: call.id, name: call.name, input: call.arguments)
                        : .call(id: call.id, name: call.name, arguments: call.arguments))
                entries.hold(resultOf: call.id, result(of: call, at: index, state))
            case .functionOutput(let call, let output):
                guard !ownCalls.contains(call), givenCalls.contains(call) else { break }
                entries.hold(.result(id: call, output: output.parts), seenBy: item.modelCall)
            }
        }
        // What came while the due call was under way is left out: another attempt of it has the same context, and the
        // call after it sees the message, at the place where it then stands.
        entries.beginOutput(of: state.modelCalls + 1, after: &outputOf)
        return entries.all
    }

    private static func result(of call: ToolCall, at index: Int, _ state: SessionState) -> [ContentPart] {
        if case .refused(let reason) = call.runner { return [.text(reason)] }
        if let outcome = call.outcome {
            return [.text(outcome.kind == .cancelled ? outcome.output + "[cancelled]" : outcome.output)]
        }
        return output(of: call.id, behind: index, state) ?? [.text("[cancelled]")]
    }

    /// The client's result of a call; it stands somewhere behind it, in the same turn or with a later request.
    private static func output(of call: String, behind index: Int, _ state: SessionState) -> [ContentPart]? {
        for item in state.items[(index + 1)...] {
            switch item.body {
            case .functionOutput(let id, let output) where id == call: return output.parts
            case .other(let other) where other.answeredCall == call:
                if case .result(_, let output) = ContextEntry(item: other) { return output }
            default: break
            }
        }
        return nil
    }

    /// Looks at the turns of items, which come in their order.
    private struct TurnCursor {
        private let turns: AppendLog<Turn>
        private var next = 0
        private var end = 0
        private var isAbandoned = false

        init(_ turns: AppendLog<Turn>) { self.turns = turns }

        mutating func isAbandoned(at item: Int) -> Bool {
            while item >= end, next < turns.count {
                isAbandoned = turns[next].isAbandoned
                next += 1
                end = next < turns.count ? turns[next].firstItem : .max
            }
            return isAbandoned
        }
    }

    /// Entries in their order, and those that must wait for their place.
    private struct Ordered {
        private(set) var all: [ContextEntry] = []
        private var results: [ContextEntry] = []
        private var messages: [(seenBy: Int, entry: ContextEntry)] = []

        init(capacity: Int) { all.reserveCapacity(capacity) }

        mutating func append(_ entry: ContextEntry) { all.append(entry) }

        mutating func hold(_ entry: ContextEntry, seenBy call: Int) { messages.append((call, entry)) }

        mutating func hold(resultOf call: String, _ output: [ContentPart]) {
            results.append(.result(id: call, output: output))
        }

        /// What the call saw stands before what it put out.
        mutating func beginOutput(of call: Int, after last: inout Int) {
            guard call != last else { return }
            last = call
            all += results
            results.removeAll(keepingCapacity: true)
            guard !messages.isEmpty else { return }
            for message in messages where message.seenBy <= call { all.append(message.entry) }
            messages.removeAll { $0.seenBy <= call }
        }
    }
}

extension Item {
    /// The model's message in the Responses dialect, where it has members that a text alone would lose.
    fileprivate var dialectMessage: JSONObject? {
        guard case .assistantMessage(let text, _) = body, let details,
            details["phase"] != nil || details["content"] != nil
        else { return nil }
        var message: JSONObject = ["type": "message", "role": "assistant"]
        message["phase"] = details["phase"]
        message["content"] = details["content"] ?? [["type": "output_text", "text": .string(text)]]
        return message
    }
}
