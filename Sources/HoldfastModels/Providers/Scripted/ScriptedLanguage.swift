package import HoldfastCore

/// The scripted-model language: which step a context asks for, and what that step answers.
///
/// The scripted language, see `docs/guides/scripted-model.md`. Pure: the model's state is the context itself.
package enum ScriptedLanguage {
    /// One entry of the context that the model reads, oldest first.
    package enum Entry: Sendable, Equatable {
        case system(String)
        case user(String)
        case assistant(String)
        /// A tool call that the model made.
        case call(name: String, arguments: String)
        /// The result of one tool call.
        case result(String)

        /// What the model reads of it, and what `recall` searches.
        package var text: String {
            switch self {
            case .system(let text), .user(let text), .assistant(let text), .result(let text): text
            case .call(_, let arguments): arguments
            }
        }

        package var isUser: Bool {
            if case .user = self { true } else { false }
        }
    }

    /// What one model call answers.
    package struct Step: Sendable, Equatable {
        /// A requested tool call; the arguments are JSON text.
        package struct Call: Sendable, Equatable {
            package var name: String
            package var arguments: String

            package init(name: String, arguments: String) {
                self.name = name
                self.arguments = arguments
            }
        }

        /// Milliseconds before the first token, and after each one.
        package var wait = 0
        package var slow = 0
        /// The HTTP status that the call fails with.
        package var failure: Int?
        package var reasoning = ""
        package var text = ""
        package var calls: [Call] = []

        package init(text: String = "") { self.text = text }

        /// What is answered when the call does not fail.
        package var answer: ModelAnswer {
            ModelAnswer(
                reasoning: reasoning, text: text,
                calls: calls.map { ModelAnswer.Call(name: $0.name, arguments: $0.arguments) })
        }
    }

    /// The longest text that `repeat` and `recall` make: the reference has no bound, a server needs one.
    package static let maximumText = 4 << 20

    /// Answers a context.
    /// - Parameters:
    ///   - offered: the names of the tools that the model may call.
    ///   - fallback: the script to follow when the last user message is none.
    package static func respond(to context: [Entry], offered: [String], fallback: Script? = nil) -> Step {
        guard let last = context.lastIndex(where: \.isUser) else { return Step(text: "echo: ") }
        guard let script = Script(context[last].text) ?? fallback else {
            return Step(text: "echo: " + context[last].text)
        }
        let batches = callBatches(in: context[(last + 1)...])
        guard batches < script.steps.count else { return Step(text: "done") }
        return run(script.steps[batches], context: context, script: last, offered: offered)
    }

    /// How many answers with calls there were. The calls of one answer stand together, so results separate batches.
    private static func callBatches(in entries: ArraySlice<Entry>) -> Int {
        var batches = 0
        var followsResult = true
        for entry in entries {
            switch entry {
            case .call:
                if followsResult { batches += 1 }
                followsResult = false
            case .result: followsResult = true
            default: break
            }
        }
        return batches
    }

    private static func run(_ instructions: [Instruction], context: [Entry], script: Int, offered: [String]) -> Step {
        var step = Step()
        var lines: [String] = []
        var room = maximumText
        for instruction in instructions {
            switch instruction {
            case .say(let text): lines.append(text)
            case .repeatSay(let count, let text): lines.append(repeated(text, count: count, room: room))
            case .reason(let text): step.reasoning += (step.reasoning.isEmpty ? "" : "\n") + text
            case .call(let name, let arguments):
                step.calls.append(Step.Call(name: resolve(name, offered: offered), arguments: arguments))
            case .recall(let pattern): lines.append(recall(pattern, in: context, except: script, room: room))
            case .wait(let milliseconds): step.wait = milliseconds
            case .slow(let milliseconds): step.slow = milliseconds
            case .fail(let status): step.failure = status
            case .count: lines.append(String(context.count(where: \.isUser)))
            case .tools: lines.append(list(offered))
            case .then: break
            }
            room = max(0, maximumText - lines.reduce(0) { $0 + $1.utf8.count })
        }
        step.text = lines.joined(separator: "\n")
        if step.text.isEmpty, step.calls.isEmpty, step.failure == nil { step.text = "done" }
        return step
    }

    private static func repeated(_ text: String, count: Int, room: Int) -> String {
        let count = min(count, room / (text.utf8.count + 1) + 1)
        return Array(repeating: text, count: count).joined(separator: " ")
    }

    private static func list(_ offered: [String]) -> String {
        // In the order of code points, as Python sorts; Swift's `<` compares canonical forms.
        let names = offered.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.joined(separator: ",")
        return names.isEmpty ? "none" : names
    }

    /// An exact name wins; else the only offered name that ends with a separator and the name; else the name as written.
    package static func resolve(_ name: String, offered: [String]) -> String {
        if offered.contains(where: { $0.utf8.elementsEqual(name.utf8) }) { return name }
        let hits = offered.filter { candidate in
            ["__", ".", "/", ":"].contains { separator in
                candidate.utf8.count >= name.utf8.count + separator.utf8.count
                    && candidate.utf8.suffix(name.utf8.count + separator.utf8.count)
                        .elementsEqual((separator + name).utf8)
            }
        }
        return hits.count == 1 ? hits[0] : name
    }
}
