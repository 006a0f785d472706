import HoldfastCore
import NIOCore
import Testing

@testable import HoldfastModels

@Suite("Frames of vnd.amazon.eventstream")
struct EventStreamDecoderTests {
    private func decode(_ bytes: [UInt8], size: Int = 1_000, maximum: Int = 10_000) throws -> [EventStreamMessage] {
        var decoder = EventStreamDecoder(maximumMessage: maximum)
        var messages: [EventStreamMessage] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            decoder.append(ByteBuffer(bytes: bytes[start..<min(start + size, bytes.count)]))
            while let message = try decoder.next() { messages.append(message) }
        }
        return messages
    }

    private let bytes = EventFrame.bytes("metadata", "{}") + EventFrame.bytes("other", "")

    @Test("messages come whole, however they are cut", arguments: [1, 3, 12, 16, 500])
    func cuts(size: Int) throws {
        let messages = try decode(bytes, size: size)
        #expect(messages.map { $0.headers[":event-type"] } == ["metadata", "other"])
        #expect(messages.map(\.payload) == [[0x7B, 0x7D], []])
    }

    @Test("half a message is none")
    func half() throws {
        for count in bytes.indices {
            let found = try decode(Array(bytes.prefix(count))).count
            #expect(found == (count >= EventFrame.bytes("metadata", "{}").count ? 1 : 0))
        }
    }

    @Test("every flipped bit is found")
    func damage() {
        let frame = EventFrame.bytes("metadata", #"{"usage":{}}"#)
        for index in frame.indices {
            for bit in 0..<8 {
                var damaged = frame
                damaged[index] ^= 1 << UInt8(bit)
                #expect(throws: ModelError.self) { try decode(damaged) }
            }
        }
    }

    @Test(
        "lengths that make no sense are refused", arguments: [[0, 0, 0, 15, 0, 0, 0, 0], [0, 0, 0, 16, 0, 0, 0, 1]])
    func lengths(prelude: [UInt8]) {
        let crc = CRC32.checksum(prelude)
        let bytes = prelude + (0..<4).reversed().map { UInt8(truncatingIfNeeded: crc >> (8 * $0)) } + [0, 0, 0, 0]
        #expect(throws: ModelError.self) { try decode(bytes) }
    }

    @Test("a message above the bound is refused before it is there")
    func bound() {
        let frame = EventFrame.bytes("text", String(repeating: "x", count: 200))
        #expect(throws: ModelError(.server, "the provider sent an event above 100 bytes", isRetryable: false)) {
            try decode(Array(frame.prefix(12)), maximum: 100)
        }
    }

    @Test("headers of all types are skipped but strings")
    func headers() {
        let types: [[UInt8]] = [
            [1, 0x61, 0], [1, 0x62, 1], [1, 0x63, 2, 9], [1, 0x64, 3, 9, 9], [1, 0x65, 4, 9, 9, 9, 9],
            [1, 0x66, 5] + [UInt8](repeating: 9, count: 8), [1, 0x67, 6, 0, 2, 9, 9], [1, 0x68, 7, 0, 2, 0x68, 0x69],
            [1, 0x69, 8] + [UInt8](repeating: 9, count: 8), [1, 0x6A, 9] + [UInt8](repeating: 9, count: 16),
        ]
        let all = types.flatMap(\.self)
        #expect(EventStreamMessage.headers(all[...]) == ["h": "hi"])
        for count in 1..<3 { #expect(EventStreamMessage.headers(all.dropLast(count)) == nil) }
        #expect(EventStreamMessage.headers([1, 0x61, 10]) == nil)
    }

    @Test("the checksum is that of IEEE 802.3")
    func checksum() { #expect(CRC32.checksum("123456789".utf8) == 0xCBF4_3926) }
}
