import HoldfastCore

extension ImprovFiller {
    /// The choice that the request names first; else the default, else the first one.
    func choice(_ choices: [JSON], _ schema: JSONObject, _ name: String, _ isWanted: Bool) -> JSON? {
        let mentioned = choices.prefix(1_000).compactMap { choice -> (place: Int, choice: JSON)? in
            guard let text = choice.string ?? choice.integer.map(String.init) else { return nil }
            let stems = ImprovWords.stems(ofName: text)
            return values.text.places(of: stems).first.map { ($0, choice) }
        }
        if let first = mentioned.min(by: { $0.place < $1.place }) { return first.choice }
        guard isWanted else { return nil }
        if let value = schema["default"], choices.contains(value) { return value }
        let isNullable = choices.contains(.null)
        return isNullable ? .null : choices.first ?? .null
    }

    mutating func boolean(_ schema: JSONObject, _ name: String, _ isWanted: Bool) -> JSON? {
        if let text = values.takeLabelled(name)?.lowercased() {
            if ["true", "yes", "on"].contains(text) { return true }
            if ["false", "no", "off"].contains(text) { return false }
        }
        if values.mentions(name) {
            let stems = ImprovWords.stems(ofName: name)
            let place = values.text.places(of: stems).first ?? 0
            let before = place > 0 ? values.text.words[place - 1].text.lowercased() : ""
            return .bool(!["no", "not", "without", "never", "don't"].contains(before))
        }
        guard isWanted else { return nil }
        return .bool(schema["default"]?.bool ?? false)
    }

    mutating func number(_ schema: JSONObject, _ name: String, _ isWanted: Bool, isInteger: Bool) -> JSON? {
        let bounds = ImprovBounds(schema, isInteger: isInteger)
        let fits = { (found: ImprovValues.Found) in Double(found.text).map(bounds.fits) == true }
        if let text = values.takeLabelledNumber(name, where: fits), let value = bounds.json(text) { return value }
        guard isWanted else { return nil }
        if let value = schema["default"], let number = value.double, bounds.fits(number) { return value }
        if let text = values.take(values.numbers, where: fits), let value = bounds.json(text) { return value }
        return bounds.example
    }

    mutating func array(_ schema: JSONObject, _ name: String, _ isWanted: Bool, _ depth: Int) -> JSON? {
        let least = Int(min(schema["minItems"]?.integer ?? 0, 1_000))
        let most = Int(min(schema["maxItems"]?.integer ?? 100, 1_000))
        let prefix = schema["prefixItems"]?.array ?? []
        var items: [JSON] = prefix.map { value($0, name: name, isWanted: true, depth: depth + 1) ?? .null }
        let inner = schema["items"] ?? [:]
        if isTextList(inner), let list = values.takeLabelledList(name) {
            items += list.prefix(max(0, most - items.count)).compactMap {
                ImprovStrings([:]).fit($0).map { .string($0) }
            }
        }
        while items.count < most, depth < 6, inner != false {
            // As long as the request has something to say.
            let saved = values
            let item = itemFromRequest(inner, name, isWanted: isWanted, isFirst: items.isEmpty, depth)
            guard let item, values.usedCount > saved.usedCount else {
                values = saved
                break
            }
            items.append(item)
        }
        var index = 0
        while items.count < least, inner != false {
            items.append(extraItem(inner, name, index, isUnique: schema["uniqueItems"] == true, depth))
            index += 1
        }
        guard isWanted || !items.isEmpty else { return nil }
        return .array(items)
    }

    private func isTextList(_ inner: JSON) -> Bool {
        let resolved = schema.resolved(inner)
        return resolved["type"] == "string" && resolved["enum"] == nil && ImprovStrings(resolved).isFree
    }

    /// The next item that the request names; without a label only where a value is wanted.
    private mutating func itemFromRequest(
        _ inner: JSON, _ name: String, isWanted: Bool, isFirst: Bool, _ depth: Int
    ) -> JSON? {
        let resolved = schema.resolved(inner)
        guard resolved["enum"] == nil, resolved["anyOf"] == nil else {
            guard isFirst else { return nil }
            return value(inner, name: name, isWanted: false, depth: depth + 1)
        }
        switch ImprovSchema.types(of: resolved).first {
        case "string":
            guard isWanted || (isFirst && values.mentions(name)) else { return nil }
            return ImprovStrings(resolved).fit(values.take(values.quoted) ?? values.take(values.names) ?? "")
                .map { .string($0) }
        case "integer", "number":
            guard isWanted || (isFirst && values.mentions(name)) else { return nil }
            return number(resolved, "", true, isInteger: resolved["type"] == "integer")
        case "object": return value(inner, name: name, isWanted: isWanted, depth: depth + 1)
        default: return nil
        }
    }

    /// An item that nothing was said about.
    private mutating func extraItem(_ inner: JSON, _ name: String, _ index: Int, isUnique: Bool, _ depth: Int) -> JSON {
        let item = value(inner, name: name, isWanted: true, depth: depth + 1) ?? .null
        guard isUnique, index > 0 else { return item }
        let resolved = schema.resolved(inner)
        if let choices = resolved["enum"]?.array, choices.indices.contains(index) { return choices[index] }
        switch item {
        case .integer(let value): return .integer(value + Int64(index))
        case .number(let value): return .number(value + Double(index))
        case .string(let value): return .string("\(value) \(index + 1)")
        default: return item
        }
    }
}
