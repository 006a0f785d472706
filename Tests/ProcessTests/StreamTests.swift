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
        try eventually("comments come", within: .seconds(10)) { reader.comments >= before + 10 }
        #expect(ContinuousClock.now - begin > .milliseconds(500), "not more often than was asked for")
        #expect(!reader.hasEnded)
        try Promises(server: server, session: session).checkReader(reader)
    }

    /// Every event that shows the session shows its instructions: large events of a small session, so what memory
    /// grows by is what is kept for readers.
    @Test func aReaderThatDoesNotReadHoldsNobodyUp() throws {
        let server = try TestServer(["HOLDFAST_LIMITS_STREAM_BUFFER": "64KiB"])
        let api = server.api
        var settings = API.settings("say begin")
        settings["agent"] = ["model": "scripted", "instructions": String(repeating: "x", count: 256 << 10)]
        let session = try api.post("/v1/agents/sessions", settings)["id"].text ?? ""
        try api.wait(session)
        let path = "/v1/agents/sessions/\(session)/events?after=0&include_obfuscation=false"
        let sleepers = try (0..<3).map { _ in
            let socket = try Socket(port: server.port, receiveBuffer: 4_096)
            try socket.send(api.request("GET", path, nil))
            return socket
        }
        try eventually("the streams are open") { try api.metric("holdfast_streams_open") == 3 }
        for _ in 0..<10 { try Self.turn(api, session) }
        let memory = server.residentMemory
        for _ in 0..<60 { try Self.turn(api, session) }
        let growth = server.residentMemory - memory
        #expect(growth < 16 << 20, "\(growth) bytes more while some 30 MiB were not read")
        let log = try Promises(server: server, session: session).log()
        let bytes = log.reduce(0) { $0 + $1.data.utf8.count }
        #expect(bytes > 30 << 20, "the log is much larger than what sockets and buffers hold")
        for socket in sleepers { #expect(try Self.events(socket, log.count) == log) }
        #expect(try api.metric("holdfast_streams_open") == 3)
    }

    /// A turn from message to idle.
    private static func turn(_ api: API, _ session: String) throws {
        try api.say("say more", to: session)
        try eventually("the turn ends") {
            try api.get("/v1/agents/sessions/\(session)/turns?limit=1")["data"][0]["status"].text == "completed"
        }
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
