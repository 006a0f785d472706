import HoldfastCore

/// A conversation as dialects want it in which the developer speaks only before it.
struct Dialogue: Equatable {
    /// What the developer said, wherever: most models know no other place for it than the top.
    private(set) var system: [String] = []
    /// No two of one role stand together, and none is empty.
    private(set) var turns: [Turn] = []

    /// - Parameters:
    ///   - provider: whose replayed thoughts to take; those of others are left out.
    ///   - dialect: what an error calls it.
    init(_ request: ModelRequest, provider: String, dialect: String) throws(ModelError) {
        if let instructions = request.instructions, !instructions.isEmpty { system.append(instructions) }
        for entry in request.context {
            switch entry {
            case .system(let text): if !text.isEmpty { system.append(text) }
            case .user(let parts): append(parts.map { .part($0) }, as: .user)
            case .assistant(let text): append([.part(.text(text))], as: .assistant)
            case .reasoning(_, let replay):
                let blocks = replay?[provider]?["blocks"]?.array ?? []
                append(blocks.map { .replay($0) }, as: .assistant)
            case .call(let id, let name, let arguments):
                append([.toolUse(id: CallID.sanitized(id), name: name, input: Self.input(arguments))], as: .assistant)
            case .customCall(let id, let name, let text):
                let input: JSONObject = [ToolSelection.customParameter: .string(text)]
                append([.toolUse(id: CallID.sanitized(id), name: name, input: input)], as: .assistant)
            case .result(let id, let output): append([.toolResult(id: CallID.sanitized(id), output)], as: .user)
            case .other(let item):
                throw .unsupported("input items of type '\(item["type"]?.string ?? "unknown")'", by: dialect)
            }
        }
    }

    private mutating func append(_ blocks: [Turn.Block], as role: Turn.Role) {
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

    /// The names of the tools that were called, each once, in the order of the conversation.
    var calledTools: [String] {
        var names: [String] = []
        for case .toolUse(_, let name, _) in turns.lazy.flatMap(\.blocks) where !names.contains(name) {
            names.append(name)
        }
        return names
    }
}
