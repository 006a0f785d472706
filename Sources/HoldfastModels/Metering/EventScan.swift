import Glibc

/// Looks for places in the text of an event stream.
enum EventScan {
    private static let name = Array("\"usage\"".utf8)

    /// Where the last complete event ends; 0 when there is none.
    static func end(_ text: UnsafeRawBufferPointer) -> Int {
        var index = text.count - 1
        while index > 0 {
            if isEnd(text, index) { return index + 1 }
            index -= 1
        }
        return 0
    }

    /// Where the first event ends; the end of the text when it is not complete.
    static func first(_ text: UnsafeRawBufferPointer) -> Int {
        for index in text.indices where isEnd(text, index) { return index + 1 }
        return text.count
    }

    /// How many events end in a text.
    static func count(_ text: UnsafeRawBufferPointer) -> Int {
        text.indices.reduce(0) { $0 + (isEnd(text, $1) ? 1 : 0) }
    }

    /// Whether a member `usage` stands in a text that is not null. Within a string its quotes would be escaped.
    static func hasUsage(_ text: UnsafeRawBufferPointer) -> Bool {
        guard let start = text.baseAddress else { return false }
        var index = 0
        while index + name.count < text.count, let found = memchr(start + index, 0x22, text.count - index) {
            let place = UnsafeRawPointer(found) - start
            index = place + 1
            guard place + name.count < text.count, memcmp(found, name, name.count) == 0 else { continue }
            index = place + name.count
            let value = text[index...].first { $0 != 0x3A && $0 != 0x20 }
            if value != UInt8(ascii: "n") { return true }
        }
        return false
    }

    /// Whether the second line break of an empty line is here.
    private static func isEnd(_ text: UnsafeRawBufferPointer, _ index: Int) -> Bool {
        guard index > 0, text[index] == 0x0A else { return false }
        if text[index - 1] == 0x0A { return true }
        return index > 1 && text[index - 1] == 0x0D && text[index - 2] == 0x0A
    }
}
