import HoldfastCore

/// The members of a request object, read with errors that name the member. Unknown members are left alone.
struct Fields {
    let object: JSONObject
    /// Where the object stands in the request; empty at the top.
    let path: String

    init(_ object: JSONObject, path: String = "") {
        self.object = object
        self.path = path
    }

    /// A member's full name.
    func param(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    /// Whether the member is there, `null` or not.
    func has(_ name: String) -> Bool { object[name] != nil }

    /// A member that is there and not `null`.
    func value(_ name: String) -> JSON? {
        guard let value = object[name], !value.isNull else { return nil }
        return value
    }

    func string(_ name: String, limit: Int? = nil) throws(APIError) -> String? {
        guard let value = value(name) else { return nil }
        guard let text = value.string else { throw wrongType(name, value, "a string") }
        if let limit, text.utf8.count > limit {
            throw .invalid(
                param(name), "'\(param(name))' is longer than \(limit) bytes.", code: "string_above_max_length")
        }
        return text
    }

    func requiredString(_ name: String, limit: Int? = nil) throws(APIError) -> String {
        guard let text = try string(name, limit: limit) else { throw missingOrNull(name, "a string") }
        guard !text.isEmpty else { throw .invalid(param(name), "'\(param(name))' must not be empty.") }
        return text
    }

    func bool(_ name: String) throws(APIError) -> Bool? {
        guard let value = value(name) else { return nil }
        guard let flag = value.bool else { throw wrongType(name, value, "a boolean") }
        return flag
    }

    func integer(_ name: String, in range: ClosedRange<Int64>) throws(APIError) -> Int? {
        guard let value = value(name) else { return nil }
        guard case .integer(let number) = value else { throw wrongType(name, value, "an integer") }
        guard range.contains(number) else {
            throw .invalid(
                param(name), "'\(param(name))' must be between \(range.lowerBound) and \(range.upperBound).")
        }
        return Int(number)
    }

    func choice(_ name: String, _ allowed: [String]) throws(APIError) -> String? {
        guard let text = try string(name) else { return nil }
        guard allowed.contains(text) else {
            let list = allowed.map { "'\($0)'" }.joined(separator: ", ")
            throw .invalid(param(name), "'\(param(name))' must be one of \(list).")
        }
        return text
    }

    func fields(_ name: String) throws(APIError) -> Fields? {
        guard let value = value(name) else { return nil }
        guard let object = value.object else { throw wrongType(name, value, "an object") }
        return Fields(object, path: param(name))
    }

    func requiredFields(_ name: String) throws(APIError) -> Fields {
        guard let fields = try fields(name) else { throw missingOrNull(name, "an object") }
        return fields
    }

    func array(_ name: String, limit: Int) throws(APIError) -> [JSON]? {
        guard let value = value(name) else { return nil }
        guard let elements = value.array else { throw wrongType(name, value, "an array") }
        guard elements.count <= limit else {
            throw .invalid(
                param(name), "'\(param(name))' has more than \(limit) elements.", code: "array_above_max_length")
        }
        return elements
    }

    /// An array of objects, each with the path of its place.
    func list(_ name: String, limit: Int) throws(APIError) -> [Fields]? {
        guard let elements = try array(name, limit: limit) else { return nil }
        var fields: [Fields] = []
        for (index, element) in elements.enumerated() {
            guard let object = element.object else {
                throw .invalid(
                    "\(param(name))[\(index)]",
                    "'\(param(name))[\(index)]' must be an object, not \(element.typeName).", code: "invalid_type")
            }
            fields.append(Fields(object, path: "\(param(name))[\(index)]"))
        }
        return fields
    }

    func strings(_ name: String, limit: Int) throws(APIError) -> [String]? {
        guard let elements = try array(name, limit: limit) else { return nil }
        return try elements.map { (element) throws(APIError) in
            guard let text = element.string else { throw wrongType(name, element, "an array of strings") }
            return text
        }
    }

    /// Refuses a setting unless it is absent, `null`, or one of the values that mean nothing.
    func refuse(_ name: String, unless harmless: [JSON] = [], _ why: String) throws(APIError) {
        guard let value = value(name), !harmless.contains(value) else { return }
        throw .unsupported(param(name), "'\(param(name))' is not supported by this release: \(why)")
    }

    func wrongType(_ name: String, _ value: JSON, _ expected: String) -> APIError {
        .invalid(param(name), "'\(param(name))' must be \(expected), not \(value.typeName).", code: "invalid_type")
    }

    private func missingOrNull(_ name: String, _ expected: String) -> APIError {
        has(name)
            ? .invalid(param(name), "'\(param(name))' must be \(expected), not null.", code: "invalid_type")
            : .missing(param(name))
    }
}
