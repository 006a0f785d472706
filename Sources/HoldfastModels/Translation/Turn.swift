import HoldfastCore

/// One turn of a conversation in dialects with blocks of content, where roles take turns and tool results are a part
/// of the user's turn.
struct Turn: Equatable {
    enum Role: String {
        case user
        case assistant
        case system
    }

    enum Block: Equatable {
        case part(ContentPart)
        case toolUse(id: String, name: String, input: JSONObject)
        case toolResult(id: String, [ContentPart])
        /// What the provider itself wants to see again.
        case replay(JSON)
    }

    var role: Role
    var blocks: [Block]

    /// The turns of a conversation, none of them empty.
    /// - Parameters:
    ///   - provider: whose replayed thoughts to take; those of others are left out.
    ///   - dialect: what an error calls it.
    static func list(_ context: [ContextEntry], provider: String, dialect: String) throws(ModelError) -> [Turn] {
        var turns: [Turn] = []
        for entry in context {
            switch entry {
            case .system(let text): append([.part(.text(text))], as: .system, to: &turns)
            case .user(let parts): append(parts.map { .part($0) }, as: .user, to: &turns)
            case .assistant(let text): append([.part(.text(text))], as: .assistant, to: &turns)
            case .reasoning(_, let replay):
                let blocks = replay?[provider]?["blocks"]?.array ?? []
                append(blocks.map { .replay($0) }, as: .assistant, to: &turns)
            case .call(let id, let name, let arguments):
                append([.toolUse(id: CallID.sanitized(id), name: name, input: input(arguments))], as: .assistant, to: &turns)
            case .customCall(let id, let name, let text):
                let input: JSONObject = [ToolSelection.customParameter: .string(text)]
                append([.toolUse(id: CallID.sanitized(id), name: name, input: input)], as: .assistant, to: &turns)
            case .result(let id, let output):
                append([.toolResult(id: CallID.sanitized(id), output)], as: .user, to: &turns)
            case .other(let item):
                throw .unsupported("input items of type '\(item["type"]?.string ?? "unknown")'", by: dialect)
            }
        }
        return turns
    }

    private static func append(_ blocks: [Block], as role: Role, to turns: inout [Turn]) {
        // No provider takes a text without a visible character.
        let blocks = blocks.filter { block in
            if case .part(.text(let text)) = block { text.contains { !$0.isWhitespace } } else { true }
        }
        guard !blocks.isEmpty else { return }
        guard turns.last?.role == role else {
            turns.append(Turn(role: role, blocks: blocks))
            return
        }
        let last = turns.count - 1
        // Results must be the first in their turn.
        let place = blocks.allSatisfy(\.isResult) ? turns[last].blocks.prefix { $0.isResult }.count : nil
        turns[last].blocks.insert(contentsOf: blocks, at: place ?? turns[last].blocks.count)
    }

    /// What the model wrote as arguments is not always an object, but has to be one here.
    private static func input(_ arguments: String) -> JSONObject {
        if arguments.isEmpty { return [:] }
        return (try? JSONParser.parse(arguments))?.object ?? ["arguments": .string(arguments)]
    }
}

extension Turn.Block {
    var isResult: Bool { if case .toolResult = self { true } else { false } }
    var isToolUse: Bool { if case .toolUse = self { true } else { false } }
}

extension [Turn] {
    /// The names of the tools that were called, each once, in the order of the conversation.
    var calledTools: [String] {
        var names: [String] = []
        for case .toolUse(_, let name, _) in lazy.flatMap(\.blocks) where !names.contains(name) { names.append(name) }
        return names
    }
}
