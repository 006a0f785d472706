/// Ids of tool calls as providers that check them take them.
enum CallID {
    /// No id is longer; Bedrock's bound.
    private static let maximum = 64

    /// The id itself when it is 1 to 64 of `a-z A-Z 0-9 _ -`; else one that is, always the same for the same id and
    /// different for different ids.
    static func sanitized(_ id: String) -> String {
        let bytes = id.utf8
        if !bytes.isEmpty, bytes.count <= maximum, bytes.allSatisfy(isAllowed) { return id }
        let digits = String(hash(bytes), radix: 16)
        let kept = bytes.prefix(maximum - 1 - 16).map { isAllowed($0) ? $0 : UInt8(ascii: "_") }
        return String(decoding: kept, as: UTF8.self) + "_" + String(repeating: "0", count: 16 - digits.count) + digits
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2D: true
        default: false
        }
    }

    /// FNV-1a, 64 bits.
    private static func hash(_ bytes: String.UTF8View) -> UInt64 {
        bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
