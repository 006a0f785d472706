import Testing

/// Event streams: signs of life, and readers that do not read.
@Suite(.ownThread)
struct StreamTests {
    @Test func idleStreamsShowSignsOfLife() throws {
        let server = try TestServer(["HOLDFAST_LIMITS_STREAM_KEEP_ALIVE": "100ms"])
        let session = try server.api.newSession("say hello")
        let reader = server.follow(session, reconnects: false)
        try server.api.wait(session)
        let begin = ContinuousClock.now
        let before = reader.comments
        try eventually("comments come", within: .seconds(10)) { reader.comments >= before + 5 }
        #expect(ContinuousClock.now - begin > .milliseconds(350), "not more often than was asked for")
        #expect(!reader.hasEnded)
        try Promises(server: server, session: session).checkReader(reader)
    }

    @Test func aReaderThatDoesNotReadHoldsNobodyUp() throws {
        let server = try TestServer(["HOLDFAST_LIMITS_STREAM_BUFFER": "64KiB"])
        let api = server.api
        let session = try api.newSession("say begin")
        try api.wait(session)
        let path = "/v1/agents/sessions/\(session)/events?after=0&include_obfuscation=false"
        let sleepers = try (0..<8).map { _ in
            let socket = try Socket(port: server.port, receiveBuffer: 4_096)
            try socket.send(api.request("GET", path, nil))
            return socket
        }
        try eventually("the streams are open") { try api.metric("holdfast_streams_open") == 8 }
        let script = "repeat 4000 say \(String(repeating: "x", count: 60))"
        try Self.turn(api, session, script)
        let memory = server.residentMemory
        for _ in 0..<12 { try Self.turn(api, session, script) }
        let growth = server.residentMemory - memory
        let log = try Promises(server: server, session: session).log()
        let bytes = log.reduce(0) { $0 + $1.data.utf8.count }
        print("GROWTH", growth, "BYTES", bytes, "COUNT", log.count)
        #expect(bytes > 8 << 20, "the log is much larger than what sockets and buffers hold: \(bytes)")
        #expect(growth < 8 * bytes / 2, "\(growth) bytes more for 8 readers with \(bytes) bytes each")
        for socket in sleepers { #expect(try Self.events(socket, log.count) == log) }
        #expect(try api.metric("holdfast_streams_open") == 8)
    }

    /// A turn from message to idle.
    private static func turn(_ api: API, _ session: String, _ script: String) throws {
        try api.say(script, to: session)
        try api.wait(session, within: .seconds(20))
    }

    /// Reads a stream that was open all the time.
    private static func events(_ socket: Socket, _ count: Int) throws -> [StreamEvent] {
        let end = ContinuousClock.now + .seconds(30)
        guard try socket.head(until: end).status == 200 else { throw Failure("no stream") }
        var parser = EventParser()
        var events: [StreamEvent] = []
        while events.count < count, let chunk = try socket.chunk(until: end) { events += parser.parse(chunk).events }
        return events
    }

    @Test func streamsBeginWhereTheyAreAskedTo() throws {
        let server = try TestServer()
        let session = try server.api.newSession("reason hm\nsay hello there world")
        let other = try server.api.newSession("say hello")
        try server.api.wait(session)
        try server.api.wait(other)
        let log = try Promises(server: server, session: session).log()
        for place in stride(from: 0, to: log.count - 1, by: 3) {
            let reader = server.follow(session, after: log[place].id, reconnects: false)
            try eventually("the rest comes") { reader.events.count >= log.count - place - 1 }
            #expect(reader.events == Array(log[(place + 1)...]))
            reader.stop()
        }
        let foreign = try Promises(server: server, session: other).log()[0].id
        let cut = String(log[0].id.dropLast())
        for id in [foreign, cut, "evt_x", "1", "-1", log[0].id + "0", "evt_\(String(repeating: "a", count: 5_000))"] {
            let reader = server.follow(session, after: id, reconnects: false)
            let refusal = try waitFor("a refusal of \(id.prefix(80))") { reader.refusal }
            Refusal.expect(refusal, "after \(id.prefix(80))", status: 400...400, code: "unknown_event")
        }
    }
}
