import Testing

@testable import holdfast

/// The parser of event streams.
@Suite struct ServerSentEventTests {
    private static let stream = """
        : a comment

        id: evt_1
        event: thing
        data: {"a":1}

        data: two
        data: lines

        id: evt_2
        data:no space
        unknown: field


        data: never ended
        """

    private static let expected = [
        ServerSentEvent(id: "evt_1", name: "thing", data: "{\"a\":1}"),
        ServerSentEvent(id: "evt_1", name: nil, data: "two\nlines"),
        ServerSentEvent(id: "evt_2", name: nil, data: "no space"),
    ]

    @Test(arguments: ["\n", "\r\n", "\r"])
    func linesMayEndInAnyWay(_ end: String) {
        var parser = ServerSentEventParser()
        #expect(parser.feed(Self.stream.replacing("\n", with: end).utf8) == Self.expected)
    }

    @Test func chunksMayBeCutAnywhere() {
        for size in 1...20 {
            var parser = ServerSentEventParser()
            let bytes = Array(Self.stream.replacing("\n", with: "\r\n").utf8)
            let events = stride(from: 0, to: bytes.count, by: size).flatMap { start in
                parser.feed(bytes[start..<min(bytes.count, start + size)])
            }
            #expect(events == Self.expected, "in chunks of \(size)")
        }
    }

    @Test func commentsAfterAnIdAreNoEvents() {
        var parser = ServerSentEventParser()
        #expect(parser.feed("id: a\ndata: x\n\n: keep-alive\n\n: keep-alive\n".utf8).count == 1)
    }

    @Test func eventsKnowTheirKind() throws {
        let event = ServerSentEvent(id: nil, name: nil, data: #"{"type":"agent.session.idle","event_id":"evt_9"}"#)
        let parsed = try #require(StreamEvent(event))
        #expect(parsed.kind == "idle" && parsed.id == "evt_9")
        #expect(StreamEvent(ServerSentEvent(id: nil, name: nil, data: "[DONE]")) == nil)
    }
}
