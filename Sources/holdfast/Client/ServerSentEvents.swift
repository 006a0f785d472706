/// One event of a `text/event-stream`.
struct ServerSentEvent: Equatable, Sendable {
    /// The newest id that the stream named, up to and with this event.
    var id: String?
    var name: String?
    var data: String
}

/// Cuts a byte stream into server-sent events, as the HTML standard says.
struct ServerSentEventParser {
    private var line: [UInt8] = []
    private var endedWithReturn = false
    private var id: String?
    private var name: String?
    private var data: [String] = []

    /// Takes the next bytes and gives the events that they complete.
    mutating func feed(_ bytes: some Sequence<UInt8>) -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        for byte in bytes {
            defer { endedWithReturn = byte == 0x0D }
            switch byte {
            case 0x0A where endedWithReturn: continue
            case 0x0A, 0x0D:
                if let event = endLine() { events.append(event) }
            default: line.append(byte)
            }
        }
        return events
    }

    private mutating func endLine() -> ServerSentEvent? {
        defer { line.removeAll(keepingCapacity: true) }
        guard !line.isEmpty else { return endEvent() }
        let colon = line.firstIndex(of: 0x3A)
        let field = String(decoding: line[..<(colon ?? line.endIndex)], as: UTF8.self)
        var value = line[(colon.map { $0 + 1 } ?? line.endIndex)...]
        if value.first == 0x20 { value = value.dropFirst() }
        switch field {
        case "id" where !value.contains(0): id = String(decoding: value, as: UTF8.self)
        case "event": name = String(decoding: value, as: UTF8.self)
        case "data": data.append(String(decoding: value, as: UTF8.self))
        default: break
        }
        return nil
    }

    private mutating func endEvent() -> ServerSentEvent? {
        defer {
            data = []
            name = nil
        }
        guard !data.isEmpty else { return nil }
        return ServerSentEvent(id: id, name: name, data: data.joined(separator: "\n"))
    }
}
