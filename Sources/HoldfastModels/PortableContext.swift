import HoldfastCore

extension ModelRequest {
    /// The request for a provider that takes no items of the Responses dialect: what other dialects can say is said in
    /// them, and the rest, such as the record of a hosted tool's work, is told as a note, so that a conversation can go
    /// on with any model. Within an answer its texts come before its calls, whose results must follow them.
    var portable: ModelRequest {
        var portable = self
        portable.context = []
        portable.context.reserveCapacity(context.count)
        // Where the calls begin that have no results yet.
        var calls: Int?
        for entry in context.map(\.portable) {
            switch entry {
            case .call, .customCall: calls = calls ?? portable.context.count
            case .assistant:
                if let place = calls {
                    portable.context.insert(entry, at: place)
                    calls = place + 1
                    continue
                }
            case .reasoning, .other: break
            case .system, .user, .result: calls = nil
            }
            portable.context.append(entry)
        }
        return portable
    }
}

extension ContextEntry {
    /// A text in a note is cut here, in characters.
    private static let longestText = 1_000

    fileprivate var portable: ContextEntry {
        guard case .other(var item) = self else { return self }
        let type = item["type"]?.string ?? "message"
        switch type {
        case "message", "function_call":
            item["phase"] = nil
            item["namespace"] = nil
            return ContextEntry(item: item)
        default:
            let members = item.members.filter { $0.name != "id" && $0.name != "encrypted_content" }
            let text = JSON.object(JSONObject(members)).shortened(Self.longestText).text
            let note = "[What another model's provider recorded here as \(type): \(text)]"
            // What the client answered is the client's.
            return type.hasSuffix("_output") || type.hasSuffix("_response") ? .user([.text(note)]) : .assistant(note)
        }
    }
}

extension JSON {
    fileprivate func shortened(_ length: Int) -> JSON {
        switch self {
        case .string(let text) where text.utf8.count > length: .string(text.prefix(length) + "…")
        case .array(let elements): .array(elements.map { $0.shortened(length) })
        case .object(let object):
            .object(JSONObject(object.members.map { .init(name: $0.name, value: $0.value.shortened(length)) }))
        default: self
        }
    }
}
