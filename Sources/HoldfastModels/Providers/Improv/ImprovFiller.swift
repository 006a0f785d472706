import HoldfastCore

/// Makes a value that a JSON schema allows, with what the request says where that plainly fits.
struct ImprovFiller {
    /// Below this depth only what is required is written, so that schemas that hold themselves come to an end.
    private static let maximumDepth = 6

    /// How many values are made in all, so that a schema that multiplies comes to an end too.
    private static let maximumValues = 5_000
    /// How many characters of a text count as one of them.
    private static let charactersPerValue = 64

    let schema: ImprovSchema
    var values: ImprovValues
    private var left = Self.maximumValues

    init(schema: JSON, values: ImprovValues) {
        self.schema = ImprovSchema(root: schema)
        self.values = values
    }

    /// The arguments, or the answer, as an object.
    mutating func fill() -> JSON { value(schema.root, name: "", isWanted: true, depth: 0) ?? [:] }

    /// - Parameter isWanted: whether a value must be there; else there is one only when the request says something.
    mutating func value(_ schema: JSON, name: String, isWanted: Bool, depth: Int) -> JSON? {
        left -= 1
        guard left > 0, depth < 5 * Self.maximumDepth else {
            // Not `isWanted ? .null : nil`: of a `nil` beside a value a JSON null would be made.
            if isWanted { return .null }
            return nil
        }
        let made = unbounded(self.schema.resolved(schema), name: name, isWanted: isWanted, depth: depth)
        if let text = made?.string { left -= text.utf8.count / Self.charactersPerValue }
        return made
    }

    private mutating func unbounded(
        _ resolved: JSONObject, name: String, isWanted: Bool, depth: Int
    ) -> JSON? {
        if let constant = resolved["const"] {
            guard isWanted || values.mentions(name) else { return nil }
            return constant
        }
        if let choices = resolved["enum"]?.array { return choice(choices, resolved, name, isWanted) }
        if let branches = (resolved["anyOf"] ?? resolved["oneOf"])?.array, !branches.isEmpty {
            return branch(branches, of: resolved, name, isWanted, depth)
        }
        let types = ImprovSchema.types(of: resolved)
        if types.count > 1 {
            let branches = types.map { type -> JSON in
                var branch = resolved
                branch["type"] = .string(type)
                return .object(branch)
            }
            return branch(branches, of: [:], name, isWanted, depth)
        }
        switch types.first {
        case "object": return object(resolved, name, isWanted, depth)
        case "array": return array(resolved, name, isWanted, depth)
        case "integer": return number(resolved, name, isWanted, isInteger: true)
        case "number": return number(resolved, name, isWanted, isInteger: false)
        case "boolean": return boolean(resolved, name, isWanted)
        case "null": return .null
        default: return string(resolved, name, isWanted)
        }
    }

    private mutating func object(_ schema: JSONObject, _ name: String, _ isWanted: Bool, _ depth: Int) -> JSON? {
        let required = (schema["required"]?.array ?? []).compactMap(\.string).prefix(Self.maximumValues)
        let requiredNames = Set(required)
        let properties = (schema["properties"]?.object?.members ?? []).prefix(Self.maximumValues)
        if !isWanted {
            // Only when the request says something about a member by its name.
            var trial = self
            let said = properties.contains { property in
                depth < Self.maximumDepth
                    && trial.value(property.value, name: property.name, isWanted: false, depth: depth + 1) != nil
            }
            left = trial.left
            guard said else { return nil }
        }
        var object = JSONObject()
        for (index, property) in properties.enumerated() {
            let isRequired = requiredNames.contains(property.name)
            guard isRequired || depth < Self.maximumDepth else { continue }
            // Of optional members the first one gets what has no label: there is nothing else that it could be for.
            let isFirst = required.isEmpty && index == 0 && depth == 0 && takesText(property.value)
            let saved = values
            if let value = value(property.value, name: property.name, isWanted: isRequired, depth: depth + 1) {
                object[property.name] = value
            } else if isFirst, let value = firstOptional(property, depth) {
                object[property.name] = value
            } else {
                values = saved
            }
        }
        for name in required where left > 0 && object[name] == nil {
            object[name] = value(schema["additionalProperties"] ?? [:], name: name, isWanted: true, depth: depth + 1)
        }
        addMembers(schema, to: &object, depth)
        return .object(object)
    }

    private func takesText(_ property: JSON) -> Bool {
        let resolved = schema.resolved(property)
        return resolved["default"] == nil || resolved["default"] == .null || resolved["default"] == ""
    }

    private mutating func firstOptional(_ property: JSONObject.Member, _ depth: Int) -> JSON? {
        let before = values.usedCount
        let found = value(property.value, name: property.name, isWanted: true, depth: depth + 1)
        guard values.usedCount > before else { return nil }
        return found
    }

    /// Members that have no name in the schema, as many as it wants.
    private mutating func addMembers(_ schema: JSONObject, to object: inout JSONObject, _ depth: Int) {
        let minimum = min(schema["minProperties"]?.integer ?? 0, 100)
        var index = 1
        while object.count < minimum, schema["additionalProperties"] != false {
            let inner = schema["additionalProperties"]?.object.map { JSON.object($0) } ?? [:]
            object["key_\(index)"] = value(inner, name: "key_\(index)", isWanted: true, depth: depth + 1)
            index += 1
        }
    }

    private mutating func branch(
        _ branches: [JSON], of schema: JSONObject, _ name: String, _ isWanted: Bool, _ depth: Int
    ) -> JSON? {
        var rest = schema
        rest["anyOf"] = nil
        rest["oneOf"] = nil
        let whole = branches.map { branch -> JSON in
            var inner = rest
            for member in self.schema.resolved(branch).members { inner[member.name] = member.value }
            return .object(inner)
        }
        let saved = values
        let isNullable = whole.contains { $0["type"] == "null" }
        var best: (value: JSON, values: ImprovValues, gain: Int)?
        for branch in whole where branch["type"] != "null" && depth < Self.maximumDepth {
            values = saved
            guard let trial = value(branch, name: name, isWanted: isWanted && !isNullable, depth: depth + 1) else {
                continue
            }
            // A choice is found without being used up.
            let isChoice = branch["enum"] != nil && values.usedCount == saved.usedCount
            let gain = values.usedCount - saved.usedCount + hint(branch) + (isNullable && isChoice ? 1 : 0)
            if gain > best?.gain ?? 0 { best = (trial, values, gain) }
        }
        if let best {
            values = best.values
            return best.value
        }
        values = saved
        guard isWanted else { return nil }
        if isNullable { return .null }
        // The simplest that there is, when this is deep inside.
        let simple = whole.first { !["object", "array"].contains(ImprovSchema.types(of: $0.object ?? [:])[0]) }
        let first = depth < Self.maximumDepth ? whole[0] : simple ?? whole[0]
        return depth < 4 * Self.maximumDepth ? value(first, name: name, isWanted: true, depth: depth + 1) : .null
    }

    /// Whether the request names a branch by its title or by one of its constants.
    private func hint(_ branch: JSON) -> Int {
        var words = [branch["title"]?.string]
        for property in branch["properties"]?.object?.members ?? [] { words.append(property.value["const"]?.string) }
        return words.compactMap(\.self).count { values.mentions($0) }
    }
}
