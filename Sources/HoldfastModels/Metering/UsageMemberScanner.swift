import HoldfastCore

/// Finds the value of the member `usage` of a JSON object that passes by in pieces. One look at every byte, no tree.
struct UsageMemberScanner: Sendable {
    private static let name = Array("usage".utf8)
    /// A value above this is none that anybody counts with.
    private static let maximumValue = 8_192

    /// The text of the value; empty when there was none yet. Of several the last one counts.
    private(set) var value: [UInt8] = []
    private var depth = 0
    private var isInString = false
    private var isEscaped = false
    /// Within the object itself, before a ':'.
    private var expectsName = false
    /// How many bytes of the name fit; `nil` when it is another one.
    private var matched: Int?
    private var isCapturing = false

    mutating func take(_ bytes: UnsafeRawBufferPointer) {
        for byte in bytes { isInString ? inString(byte) : outside(byte) }
    }

    private mutating func inString(_ byte: UInt8) {
        if isCapturing { capture(byte) }
        if isEscaped {
            isEscaped = false
        } else if byte == 0x22 {
            isInString = false
            return
        } else if byte == 0x5C {
            isEscaped = true
        }
        guard expectsName, let count = matched else { return }
        matched = count < Self.name.count && Self.name[count] == byte ? count + 1 : nil
    }

    private mutating func outside(_ byte: UInt8) {
        switch byte {
        case 0x22:
            isInString = true
            if expectsName { matched = 0 }
        case 0x7B, 0x5B:
            depth += 1
            if depth == 1 { expectsName = true }
        case 0x7D, 0x5D:
            depth -= 1
            if depth == 0 { isCapturing = false }
        case 0x2C where depth == 1:
            isCapturing = false
            expectsName = true
        case 0x3A where depth == 1 && expectsName:
            expectsName = false
            isCapturing = matched == Self.name.count
            if isCapturing { value = [] }
            return
        default: break
        }
        if isCapturing { capture(byte) }
    }

    private mutating func capture(_ byte: UInt8) {
        guard value.count < Self.maximumValue else {
            value = []
            isCapturing = false
            return
        }
        value.append(byte)
    }
}
