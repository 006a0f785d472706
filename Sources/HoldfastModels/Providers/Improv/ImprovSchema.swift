import HoldfastCore

/// Looks things up in a JSON schema.
struct ImprovSchema: Sendable {
    let root: JSON

    /// The schema itself: references followed, the parts of `allOf` put together.
    func resolved(_ schema: JSON, depth: Int = 0) -> JSONObject {
        var object = schema.object ?? [:]
        var hops = 0
        while let path = object["$ref"]?.string, hops < 16 {
            hops += 1
            var target = lookup(path)?.object ?? [:]
            // What stands beside a reference belongs to it.
            for member in object.members where member.name != "$ref" { target[member.name] = member.value }
            object = target
        }
        object["$ref"] = nil
        guard let parts = object["allOf"]?.array, depth < 8 else { return object }
        object["allOf"] = nil
        for part in parts.prefix(64) { merge(resolved(part, depth: depth + 1), into: &object) }
        return object
    }

    private func merge(_ part: JSONObject, into object: inout JSONObject) {
        for member in part.members {
            switch (member.name, object[member.name]) {
            case ("properties", .object(var known)?):
                for property in member.value.object?.members ?? [] { known[property.name] = property.value }
                object["properties"] = .object(known)
            case ("required", .array(let known)?):
                object["required"] = .array(known + (member.value.array ?? []).filter { !known.contains($0) })
            default: object[member.name] = member.value
            }
        }
    }

    /// `#`, or a pointer such as `#/$defs/Name`.
    private func lookup(_ path: String) -> JSON? {
        guard path.hasPrefix("#") else { return nil }
        var place = root
        for part in path.dropFirst().split(separator: "/") {
            let name = String(part).replacing("~1", with: "/").replacing("~0", with: "~")
            guard let next = place[name] ?? Int(name).flatMap({ place.array?[safely: $0] }) else { return nil }
            place = next
        }
        return place
    }

    /// The types that are allowed, the first one first.
    static func types(of schema: JSONObject) -> [String] {
        if let type = schema["type"]?.string { return [type] }
        if let types = schema["type"]?.array { return types.compactMap(\.string) }
        let signs: [(String, [String])] = [
            ("object", ["properties", "required", "additionalProperties", "minProperties"]),
            ("array", ["items", "prefixItems", "minItems", "maxItems"]),
            ("string", ["minLength", "maxLength", "pattern", "format"]),
            ("number", ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]),
        ]
        return [signs.first { $0.1.contains { schema[$0] != nil } }?.0 ?? "string"]
    }
}

extension Array {
    fileprivate subscript(safely index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
