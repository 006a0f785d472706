/// A message of an `application/vnd.amazon.eventstream`.
struct EventStreamMessage: Sendable, Equatable {
    /// Header values that are strings; others are skipped.
    var headers: [String: String]
    var payload: [UInt8]

    /// Reads the headers of a message: name length (1 byte), name, type (1 byte), value.
    /// - Returns: `nil` when they do not fit in their space.
    static func headers(_ bytes: ArraySlice<UInt8>) -> [String: String]? {
        var rest = bytes
        var headers: [String: String] = [:]
        while let length = rest.popFirst() {
            guard let name = rest.take(Int(length)), let type = rest.popFirst() else { return nil }
            switch type {
            case 0, 1: break
            case 2: guard rest.take(1) != nil else { return nil }
            case 3: guard rest.take(2) != nil else { return nil }
            case 4: guard rest.take(4) != nil else { return nil }
            case 5, 8: guard rest.take(8) != nil else { return nil }
            case 9: guard rest.take(16) != nil else { return nil }
            case 6, 7:
                guard let size = rest.take(2), let value = rest.take(Int(size[size.startIndex]) << 8 + Int(size.last!))
                else { return nil }
                if type == 7 { headers[String(decoding: name, as: UTF8.self)] = String(decoding: value, as: UTF8.self) }
            default: return nil
            }
        }
        return headers
    }
}

extension ArraySlice<UInt8> {
    /// Removes so many bytes from the front; `nil` when there are fewer.
    fileprivate mutating func take(_ count: Int) -> Self? {
        guard self.count >= count else { return nil }
        defer { removeFirst(count) }
        return prefix(count)
    }
}
