package import HoldfastCore
package import NIOCore

/// Splits a `text/event-stream` body into the data of its events, however the network cut it.
///
/// Lines end with LF, CRLF or CR; comments and fields other than `data` are skipped, since providers say everything in
/// it, the type of an event included. One event is bounded.
package struct EventStreamSplitter {
    private let maximumEvent: Int
    private var buffer = ByteBuffer()
    /// Bytes of the unfinished line that are known to hold no line end.
    private var scanned = 0
    private var data: [UInt8] = []
    private var hasData = false
    /// The last line ended with CR: an LF that follows belongs to it.
    private var skipsLineFeed = false
    private var isAtStart = true

    package init(maximumEvent: Int) {
        self.maximumEvent = maximumEvent
    }

    package mutating func append(_ chunk: ByteBuffer) {
        var chunk = chunk
        if buffer.readableBytes == 0 { buffer.clear() }
        buffer.writeBuffer(&chunk)
    }

    /// The data of the next whole event; `nil` when more bytes are needed.
    package mutating func next() throws(ModelError) -> [UInt8]? {
        while let line = try nextLine() {
            if line.isEmpty {
                if hasData { return takeData() }
            } else {
                try field(line)
            }
        }
        return nil
    }

    /// The data that stands before the end of the stream without the blank line that should follow it. The standard
    /// drops it, but some servers end their last event that way.
    package mutating func rest() throws(ModelError) -> [UInt8]? {
        if buffer.readableBytes > 0, let line = buffer.readBytes(length: buffer.readableBytes) { try field(line[...]) }
        return hasData ? takeData() : nil
    }

    private mutating func takeData() -> [UInt8] {
        defer {
            data = []
            hasData = false
        }
        return data
    }

    private mutating func nextLine() throws(ModelError) -> ArraySlice<UInt8>? {
        if skipsLineFeed, let first = buffer.getInteger(at: buffer.readerIndex, as: UInt8.self) {
            if first == 0x0A { buffer.moveReaderIndex(forwardBy: 1) }
            skipsLineFeed = false
        }
        let view = buffer.readableBytesView
        let start = view.startIndex
        guard let end = view[(start + scanned)...].firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) else {
            scanned = view.count
            try bound(scanned)
            return nil
        }
        try bound(end - start)
        skipsLineFeed = view[end] == 0x0D
        scanned = 0
        let line = buffer.readBytes(length: end - start) ?? []
        buffer.moveReaderIndex(forwardBy: 1)
        return line[...]
    }

    private mutating func field(_ line: ArraySlice<UInt8>) throws(ModelError) {
        var line = line
        if isAtStart {
            isAtStart = false
            if line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.dropFirst(3) }
        }
        guard line.starts(with: "data".utf8) else { return }
        line = line.dropFirst(4)
        if let colon = line.first {
            guard colon == 0x3A else { return }
            line = line.dropFirst()
            if line.first == 0x20 { line = line.dropFirst() }
        }
        try bound(line.count)
        if hasData { data.append(0x0A) }
        data.append(contentsOf: line)
        hasData = true
    }

    private func bound(_ more: Int) throws(ModelError) {
        guard data.count + more <= maximumEvent else {
            throw ModelError(.server, "the provider sent an event above \(maximumEvent) bytes", isRetryable: false)
        }
    }
}
