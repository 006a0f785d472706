import HoldfastCore

/// Puts tool calls together from fragments.
struct OpenAIToolCalls {
    private struct Partial {
        var index: Int64
        var id: String?
        var name = ""
        var arguments = ""
        var isCustom = false
    }

    private var partials: [Partial] = []

    var count: Int { partials.count }

    /// Takes one element of `tool_calls` and returns how many bytes it added.
    mutating func take(_ fragment: JSON) -> Int {
        let place = place(of: fragment)
        let custom = fragment["custom"]
        if custom?.object != nil { partials[place].isCustom = true }
        let function = custom ?? fragment["function"]
        // Some servers repeat the name in every fragment; the first one counts.
        if partials[place].name.isEmpty, let name = function?["name"]?.string { partials[place].name = name }
        guard let arguments = custom?["input"] ?? function?["arguments"] else { return 0 }
        // A few servers send the arguments as an object.
        let text = arguments.string ?? (arguments.object == nil ? "" : arguments.text)
        partials[place].arguments += text
        return text.utf8.count
    }

    /// The call that a fragment continues, by its index. Some servers give every call the index 0, or none at all: a
    /// new id with a name begins a new call. Others make a new id for every fragment, then without a name.
    private mutating func place(of fragment: JSON) -> Int {
        let index = fragment["index"]?.integer
        let id = fragment["id"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        let hasName = (fragment["custom"] ?? fragment["function"])?["name"]?.string?.isEmpty == false
        let known = partials.lastIndex { partial in
            if let id, let other = partial.id, hasName || index == nil {
                return id == other && (index == nil || partial.index == index)
            }
            // Without an index only a name tells that a new call begins.
            return index == nil ? !hasName : partial.index == index
        }
        if let known {
            partials[known].id = partials[known].id ?? id
            return known
        }
        partials.append(Partial(index: index ?? Int64(partials.count), id: id))
        return partials.count - 1
    }

    /// The calls in the order in which they began; `nil` when one has no name.
    var calls: [ModelAnswer.Call]? {
        guard partials.allSatisfy({ !$0.name.isEmpty }) else { return nil }
        return partials.map {
            ModelAnswer.Call(
                name: $0.name, arguments: $0.arguments.isEmpty && !$0.isCustom ? "{}" : $0.arguments,
                isCustom: $0.isCustom)
        }
    }
}
