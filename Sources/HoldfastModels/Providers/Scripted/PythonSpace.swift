/// White space as Python's `str.strip` and `\s` know it, on UTF-8 bytes.
enum PythonSpace {
    /// The length of the white space character that begins at `index`; 0 when there is none.
    @inline(__always)
    static func length(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Int {
        let byte = bytes[index]
        if byte < 0x80 {
            return byte == 0x20 || 0x09...0x0D ~= byte || 0x1C...0x1F ~= byte ? 1 : 0
        }
        return wideLength(bytes, at: index)
    }

    /// The first byte from `start` on that begins no white space; the end when there is none.
    static func skip(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int? = nil) -> Int {
        let end = end ?? bytes.count
        var index = start
        while index < end {
            let length = length(bytes, at: index)
            if length == 0 { break }
            index += length
        }
        return index
    }

    /// The first byte from `start` on that begins white space; the end when there is none.
    static func find(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int? = nil) -> Int {
        let end = end ?? bytes.count
        var index = start
        while index < end, length(bytes, at: index) == 0 { index += 1 }
        return index
    }

    /// The end of `start..<end` without its white space at the end.
    static func trim(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Int {
        var end = end
        while end > start {
            var character = end - 1
            while character > start, bytes[character] & 0xC0 == 0x80 { character -= 1 }
            guard length(bytes, at: character) == end - character else { break }
            end = character
        }
        return end
    }

    /// U+0085, U+00A0, U+1680, U+2000–200A, U+2028, U+2029, U+202F, U+205F, U+3000.
    private static func wideLength(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Int {
        switch bytes[index] {
        case 0xC2: return bytes[index + 1] == 0x85 || bytes[index + 1] == 0xA0 ? 2 : 0
        case 0xE1: return bytes[index + 1] == 0x9A && bytes[index + 2] == 0x80 ? 3 : 0
        case 0xE2:
            switch (bytes[index + 1], bytes[index + 2]) {
            case (0x80, 0x80...0x8A), (0x80, 0xA8), (0x80, 0xA9), (0x80, 0xAF), (0x81, 0x9F): return 3
            default: return 0
            }
        case 0xE3: return bytes[index + 1] == 0x80 && bytes[index + 2] == 0x80 ? 3 : 0
        default: return 0
        }
    }
}
