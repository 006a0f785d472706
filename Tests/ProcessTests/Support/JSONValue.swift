import Foundation

/// A JSON value that a server sent; members that are not there are values without content.
struct JSONValue {
    let raw: Any?

    init(raw: Any?) { self.raw = raw is NSNull ? nil : raw }

    init(parsing bytes: [UInt8]) throws {
        raw = try JSONSerialization.jsonObject(with: Data(bytes), options: [.fragmentsAllowed])
    }

    init(parsing text: String) throws { try self.init(parsing: Array(text.utf8)) }

    subscript(name: String) -> JSONValue { JSONValue(raw: (raw as? [String: Any])?[name]) }

    subscript(index: Int) -> JSONValue {
        let elements = list
        return elements.indices.contains(index) ? elements[index] : JSONValue(raw: nil)
    }

    var text: String? { raw as? String }
    var integer: Int? { (raw as? NSNumber)?.intValue }
    var flag: Bool? { (raw as? NSNumber)?.boolValue }
    var list: [JSONValue] { (raw as? [Any] ?? []).map { JSONValue(raw: $0) } }
    var names: Set<String> { Set((raw as? [String: Any] ?? [:]).keys) }

    /// A JSON text.
    static func bytes(_ object: Any) throws -> [UInt8] {
        Array(try JSONSerialization.data(withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes]))
    }
}

extension JSONValue {
    /// The value as a line of text, for messages.
    static func line(_ value: JSONValue) -> String {
        guard let raw = value.raw, let bytes = try? bytes(raw) else { return "null" }
        return String(decoding: bytes, as: UTF8.self)
    }
}
