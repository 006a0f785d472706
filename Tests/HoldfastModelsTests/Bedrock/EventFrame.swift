/// Writes messages of an `application/vnd.amazon.eventstream`.
enum EventFrame {
    /// A message of type `event`.
    static func bytes(_ event: String, _ payload: String) -> [UInt8] {
        bytes([":event-type": event, ":message-type": "event"], [UInt8](payload.utf8))
    }

    static func bytes(_ headers: [String: String], _ payload: [UInt8]) -> [UInt8] {
        var block: [UInt8] = []
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) {
            block.append(UInt8(name.utf8.count))
            block += name.utf8
            block.append(7)
            block += big(value.utf8.count, 2) + Array(value.utf8)
        }
        let lengths = big(16 + block.count + payload.count, 4) + big(block.count, 4)
        let message = lengths + big(checksum(lengths), 4) + block + payload
        return message + big(checksum(message), 4)
    }

    private static func big(_ number: Int, _ count: Int) -> [UInt8] {
        (0..<count).reversed().map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }

    /// CRC32 bit by bit, another way than the code under test.
    private static func checksum(_ bytes: [UInt8]) -> Int {
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0xEDB8_8320 : crc >> 1 }
        }
        return Int(~crc)
    }
}
