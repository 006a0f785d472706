import Hummingbird

/// The parameters of a request's query, decoded as forms are (`+` and `%20` are a space). Of duplicates the last counts.
struct Query {
    let items: [(name: String, value: String)]

    init(_ request: Request) {
        items = (request.uri.query ?? "").split(separator: "&").map { pair in
            let pieces = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (Self.decode(pieces[0]), pieces.count > 1 ? Self.decode(pieces[1]) : "")
        }
    }

    subscript(name: String) -> String? { items.last { $0.name == name }?.value }

    /// A parameter that is `true` or `false`.
    func flag(_ name: String) throws(APIError) -> Bool? {
        switch self[name] {
        case nil: return nil
        case "true": return true
        case "false": return false
        default: throw .invalid(name, "'\(name)' must be 'true' or 'false'.")
        }
    }

    /// The values of a list: `name=a`, `name[]=a` or `name[0]=a` for each.
    func list(_ name: String) -> [String] {
        items.filter { $0.name == name || ($0.name.hasPrefix(name + "[") && $0.name.hasSuffix("]")) }.map(\.value)
    }

    /// The `metadata[key]=value` parameters.
    var metadata: [(key: String, value: String)] {
        items.compactMap { item in
            guard item.name.hasPrefix("metadata["), item.name.hasSuffix("]") else { return nil }
            return (String(item.name.dropFirst(9).dropLast()), item.value)
        }
    }

    private static func decode(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var source = Array(text.utf8)[...]
        while let byte = source.popFirst() {
            if byte == 0x25, source.count >= 2,
                let value = UInt8(String(decoding: source.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                source = source.dropFirst(2)
            } else {
                bytes.append(byte == 0x2B ? 0x20 : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
