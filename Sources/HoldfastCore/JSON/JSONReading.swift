/// A member of a stored JSON object is missing or has another type than the reader needs.
public struct JSONReadError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The member's name.
    public var name: String
    /// What was expected, for a person.
    public var expected: String

    public init(name: String, expected: String) {
        self.name = name
        self.expected = expected
    }

    public var description: String { "'\(name)' must be \(expected)" }
}

/// Typed access for text that this program wrote itself (journal, snapshots).
extension JSONObject {
    /// A required string.
    public func string(_ name: String) throws(JSONReadError) -> String {
        guard let value = self[name]?.string else { throw JSONReadError(name: name, expected: "a string") }
        return value
    }

    /// A required integer.
    public func integer(_ name: String) throws(JSONReadError) -> Int64 {
        guard let value = self[name]?.integer else { throw JSONReadError(name: name, expected: "an integer") }
        return value
    }

    /// A required integer as `Int`.
    public func int(_ name: String) throws(JSONReadError) -> Int { Int(try integer(name)) }

    /// A required object.
    public func object(_ name: String) throws(JSONReadError) -> JSONObject {
        guard let value = self[name]?.object else { throw JSONReadError(name: name, expected: "an object") }
        return value
    }

    /// A required array.
    public func array(_ name: String) throws(JSONReadError) -> [JSON] {
        guard let value = self[name]?.array else { throw JSONReadError(name: name, expected: "an array") }
        return value
    }

    /// Members that are objects, of a required array.
    public func objects(_ name: String) throws(JSONReadError) -> [JSONObject] {
        try array(name).map { (element) throws(JSONReadError) in
            guard let object = element.object else { throw JSONReadError(name: name, expected: "an array of objects") }
            return object
        }
    }
}
