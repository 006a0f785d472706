import HoldfastCore
import HoldfastModels
import NIOCore
import Testing

@Suite("Event stream splitter")
struct EventStreamSplitterTests {
    private func split(_ chunks: [ArraySlice<UInt8>], maximumEvent: Int = 1_000) throws -> [String] {
        var splitter = EventStreamSplitter(maximumEvent: maximumEvent)
        var events: [String] = []
        for chunk in chunks {
            splitter.append(ByteBuffer(bytes: chunk))
            while let data = try splitter.next() { events.append(String(decoding: data, as: UTF8.self)) }
        }
        if let data = try splitter.rest() { events.append(String(decoding: data, as: UTF8.self)) }
        return events
    }

    private func split(_ text: String) throws -> [String] { try split([[UInt8](text.utf8)[...]]) }

    @Test(
        "lines, comments and fields follow the standard",
        arguments: [
            ("data: a\n\ndata: b\n\n", ["a", "b"]), ("data: a\r\n\r\ndata:b\r\n\r\n", ["a", "b"]),
            ("data: a\r\rdata: b\r\r", ["a", "b"]), (": ping\n\ndata: a\n\n", ["a"]),
            ("event: x\nid: 3\nretry: 1\ndata: a\n\n", ["a"]), ("data: a\ndata:  b\n\n", ["a\n b"]),
            ("\u{FEFF}data: a\n\n", ["a"]), ("data\n\n", [""]), ("data:\n\n", [""]), ("database: x\n\n", []),
            ("data: a", ["a"]), ("data: a\n", ["a"]), ("\n\n\n", []), ("", []), ("data: a: b\n\n", ["a: b"]),
        ])
    func standard(text: String, events: [String]) throws {
        #expect(try split(text) == events)
    }

    @Test("every way to cut the bytes gives the same events", arguments: 1...200 as ClosedRange<UInt64>)
    func fuzz(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let lineEnds = ["\n", "\r\n", "\r"]
        let payloads = (0..<Int.random(in: 1...12, using: &random)).map { _ in
            (0..<Int.random(in: 0...20, using: &random)).map { _ in
                ["a", "é", "🌍", " ", ":", "{\"x\":1}"].randomElement(using: &random) ?? ""
            }.joined()
        }
        var text = ""
        for payload in payloads {
            let end = lineEnds.randomElement(using: &random) ?? "\n"
            if Bool.random(using: &random) { text += ": comment" + end }
            text += "data: \(payload)\(end)\(end)"
        }
        let bytes = [UInt8](text.utf8)
        var chunks: [ArraySlice<UInt8>] = []
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + Int.random(in: 0...9, using: &random))
            chunks.append(bytes[start..<end])
            start = end
        }
        #expect(try split(chunks) == payloads)
    }

    @Test("an event is bounded, whole or not", arguments: ["data: \(String(repeating: "x", count: 200))", "data: x\n"])
    func bounded(part: String) throws {
        let text = part.hasSuffix("\n") ? String(repeating: part, count: 200) : part
        for end in ["", "\n\n"] {
            let error = #expect(throws: ModelError.self) {
                try split([[UInt8]((text + end).utf8)[...]], maximumEvent: 100)
            }
            #expect(error?.code == .server)
        }
    }
}

/// SplitMix64: the same numbers for the same seed.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
