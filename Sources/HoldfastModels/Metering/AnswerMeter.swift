public import HoldfastCore
public import NIOCore

/// Reads the token usage off an answer that passes by, without parsing the rest of it.
public struct AnswerMeter: Sendable {
    /// An event above this passes on in parts, and unread.
    private static let maximumEvent = 1 << 20

    private let isEventStream: Bool
    private let stripsUsage: Bool
    private var scanner = UsageMemberScanner()
    private var known: TokenUsage?
    private var events = 0
    private var bytes = 0
    /// The beginning of an event whose end has not come yet.
    private var held = ByteBuffer()

    /// - Parameter stripsUsage: takes the event away that has the usage and nothing else: the client did not ask for it.
    public init(isEventStream: Bool, stripsUsage: Bool) {
        self.isEventStream = isEventStream
        self.stripsUsage = stripsUsage
    }

    /// What the provider reported so far; `nil` when it did not.
    public var usage: TokenUsage? {
        if isEventStream { return known }
        return (try? JSONParser.parse(scanner.value))?.object.map(TokenUsage.init(openAI:))
    }

    /// The tokens of the answer, about: streams have one in most events.
    public var estimatedOutput: Int { isEventStream ? events : (bytes + 3) / 4 }

    /// Takes the next bytes and returns what goes on.
    public mutating func take(_ chunk: ByteBuffer) -> ByteBuffer {
        bytes += chunk.readableBytes
        guard isEventStream else {
            chunk.withUnsafeReadableBytes { scanner.take($0) }
            return chunk
        }
        var data = chunk
        if held.readableBytes > 0 {
            var chunk = chunk
            held.writeBuffer(&chunk)
            data = held
            held = ByteBuffer()
        }
        let end = data.withUnsafeReadableBytes(EventScan.end)
        if end < data.readableBytes, data.readableBytes < Self.maximumEvent {
            held = ByteBuffer(buffer: data.getSlice(at: data.readerIndex + end, length: data.readableBytes - end)!)
            data = data.getSlice(at: data.readerIndex, length: end)!
        }
        let (count, hasUsage) = data.withUnsafeReadableBytes { (EventScan.count($0), EventScan.hasUsage($0)) }
        events += count
        return hasUsage ? read(data) : data
    }

    /// What was held back when the answer has ended.
    public mutating func end() -> ByteBuffer {
        defer { held = ByteBuffer() }
        return held
    }

    /// Reads the events one by one.
    private mutating func read(_ data: ByteBuffer) -> ByteBuffer {
        var rest = data
        var kept = ByteBuffer()
        while rest.readableBytes > 0 {
            let length = rest.withUnsafeReadableBytes(EventScan.first)
            guard var event = rest.readSlice(length: length) else { break }
            let (usage, isBare) = Self.usage(of: event)
            if let usage { known = usage }
            if usage != nil, isBare, stripsUsage { continue }
            kept.writeBuffer(&event)
        }
        return kept
    }

    /// The usage that an event reports, and whether it has no part of an answer.
    private static func usage(of event: ByteBuffer) -> (TokenUsage?, isBare: Bool) {
        guard event.withUnsafeReadableBytes(EventScan.hasUsage) else { return (nil, false) }
        let text = event.readableBytesView.split(separator: 0x0A).flatMap { line in
            line.starts(with: "data:".utf8) ? Array(line.dropFirst(5)) : []
        }
        guard let members = try? JSONMembers(text) else { return (nil, false) }
        // Responses have it in the response that an event carries.
        if members["usage"] == nil, let response = members["response"].map({ Array(text[$0]) }),
            let place = (try? JSONMembers(response))?["usage"],
            let usage = (try? JSONParser.parse(Array(response[place])))?.object
        {
            return (TokenUsage(openAI: usage), false)
        }
        guard let place = members["usage"], let usage = (try? JSONParser.parse(Array(text[place])))?.object
        else { return (nil, false) }
        let choices = members["choices"].map { text[$0].filter { ![0x20, 0x0A, 0x0D, 0x09].contains($0) } }
        return (TokenUsage(openAI: usage), choices == Array("[]".utf8))
    }
}
