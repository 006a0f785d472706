import HoldfastCore

/// A model request as plain texts.
struct ImprovConversation: Sendable {
    /// A result of a call.
    struct Result: Sendable {
        let tool: String
        let text: String
    }

    /// Instructions and messages of developers.
    private(set) var instructions: [String] = []
    /// The last message of the user.
    private(set) var request = ""
    /// What was said before it, oldest first.
    private(set) var earlier: [String] = []
    /// How many calls were made since the last message of the user, and what came of them.
    private(set) var called: [String] = []
    private(set) var results: [Result] = []
    /// What came with the last message and in the results, by kind.
    private(set) var images = 0
    private(set) var files = 0

    init(_ model: ModelRequest) {
        if let text = model.instructions { instructions.append(text) }
        var names: [String: String] = [:]
        for entry in model.context {
            switch entry {
            case .system(let text): instructions.append(text)
            case .user(let parts):
                if !request.isEmpty { earlier.append(request) }
                earlier += results.map(\.text)
                (request, images, files, called, results) = (parts.joinedText, 0, 0, [], [])
                count(parts)
            case .assistant(let text): earlier.append(text)
            case .call(let id, let name, _), .customCall(let id, let name, _):
                names[id] = name
                called.append(name)
            case .result(let id, let output):
                results.append(Result(tool: names[id] ?? "tool", text: output.joinedText))
                count(output)
            case .reasoning, .other: break
            }
        }
    }

    private mutating func count(_ parts: [ContentPart]) {
        for part in parts {
            switch part {
            case .text: break
            case .image: images += 1
            case .other: files += 1
            }
        }
    }

    /// The request and what the tools answered, from which values are taken.
    var source: String { ([request] + results.map(\.text)).joined(separator: "\n") }
}
