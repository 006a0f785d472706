import HoldfastCore
import NIOCore

/// Splits the bytes of an `application/vnd.amazon.eventstream` into messages, however the network cut them.
///
/// A message: total length and length of the headers (4 bytes each, big endian), the CRC32 of these 8 bytes, headers,
/// payload, and the CRC32 of everything before. Both checksums are verified, and a message is bounded.
struct EventStreamDecoder {
    private static let prelude = 12
    private static let trailer = 4

    private let maximumMessage: Int
    private var buffer = ByteBuffer()

    init(maximumMessage: Int) { self.maximumMessage = maximumMessage }

    mutating func append(_ chunk: ByteBuffer) {
        var chunk = chunk
        if buffer.readableBytes == 0 { buffer.clear() }
        buffer.writeBuffer(&chunk)
    }

    /// Whether a part of a message is there.
    var hasPart: Bool { buffer.readableBytes > 0 }

    /// The next whole message; `nil` when more bytes are needed.
    mutating func next() throws(ModelError) -> EventStreamMessage? {
        let start = buffer.readerIndex
        guard buffer.readableBytes >= Self.prelude,
            let (total, headers, checksum) = buffer.getMultipleIntegers(at: start, as: (UInt32, UInt32, UInt32).self)
        else { return nil }
        // The lengths mean nothing before their checksum is right.
        guard CRC32.checksum(buffer.viewBytes(at: start, length: 8) ?? ByteBufferView()) == checksum else {
            throw Self.damaged
        }
        let overhead = Self.prelude + Self.trailer
        guard Int(total) >= overhead, Int(headers) <= Int(total) - overhead else { throw Self.damaged }
        guard Int(total) <= maximumMessage else {
            throw ModelError(.server, "the provider sent an event above \(maximumMessage) bytes", isRetryable: false)
        }
        guard let message = buffer.readBytes(length: Int(total)) else { return nil }
        let body = message.dropLast(Self.trailer)
        let expected = message.suffix(Self.trailer).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        guard CRC32.checksum(body) == expected,
            let fields = EventStreamMessage.headers(body[Self.prelude..<(Self.prelude + Int(headers))])
        else { throw Self.damaged }
        return EventStreamMessage(headers: fields, payload: Array(body[(Self.prelude + Int(headers))...]))
    }

    private static var damaged: ModelError {
        ModelError(.connection, "the provider's answer was damaged on the way (wrong checksum)", isRetryable: true)
    }
}
