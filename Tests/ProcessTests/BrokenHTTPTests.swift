import Testing

/// What is hardly HTTP at all.
@Suite(.ownThread)
struct BrokenHTTPTests {
    /// What a client sends.
    private struct Case {
        let what: String
        let bytes: [UInt8]
        /// Whether a connection that just closes is an answer too: there may be nobody who could read one.
        var mayClose = false
        /// Whether the client ends its side after the bytes.
        var endsSending = false
    }

    @Test func requestsThatAreNoHTTP() throws {
        let server = try TestServer()
        let before = try Written(server.api)
        for broken in Self.cases(server.api) {
            let socket = try Socket(port: server.port)
            try? socket.send(broken.bytes)
            if broken.endsSending { socket.closeSending() }
            do {
                let response = try socket.response(within: .seconds(5))
                Refusal.expect(response, broken.what)
                guard !response.keepsConnection else { continue }
                let rest = try socket.rest(until: ContinuousClock.now + .seconds(5))
                #expect(rest.isEmpty, "\(broken.what): a second answer: \(String(decoding: rest, as: UTF8.self))")
            } catch is Socket.Closed {
                #expect(broken.mayClose, "\(broken.what): closed without an answer")
            } catch {
                Issue.record("\(broken.what): \(error)")
            }
        }
        #expect(try Written(server.api).difference(from: before) == "")
        #expect(server.isRunning && server.residentMemory < 512 << 20)
    }

    private static func cases(_ api: API) -> [Case] {
        let key = "authorization: Bearer \(api.key ?? "")\r\n"
        let head = "host: x\r\n\(key)"
        func text(_ what: String, _ text: String, mayClose: Bool = false, endsSending: Bool = false) -> Case {
            Case(what: what, bytes: Array(text.utf8), mayClose: mayClose, endsSending: endsSending)
        }
        let chunked = "POST /v1/agents HTTP/1.1\r\n\(head)transfer-encoding: chunked\r\n"
        return [
            Case(what: "random bytes", bytes: [0, 1, 2, 0xFF, 0xFE, 13, 10, 13, 10]),
            Case(what: "TLS", bytes: [0x16, 3, 1, 2, 0, 1, 0, 1, 0xFC, 3, 3] + [UInt8](repeating: 7, count: 500)),
            text("no request line", "\r\n\r\nGARBAGE\r\n\r\n"), text("no version", "GET /v1/agents\r\n\r\n"),
            text("bad version", "GET /v1/agents HTTP/9.9\r\n\(head)\r\n"),
            text("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
            text("no colon", "GET /v1/agents HTTP/1.1\r\n\(key)nonsense\r\n\r\n"),
            text("space before the colon", "GET /v1/agents HTTP/1.1\r\nhost : x\r\n\r\n"),
            text("NUL in a field", "GET /v1/agents HTTP/1.1\r\n\(head)x: a\0b\r\n\r\n"),
            text("folded field", "GET /v1/agents/none HTTP/1.1\r\n\(head)x: a\r\n  b\r\n\r\n"),
            text("two lengths", "POST /v1/agents HTTP/1.1\r\n\(head)content-length: 2\r\ncontent-length: 3\r\n\r\n{}"),
            text("length and chunks", "\(chunked)content-length: 2\r\n\r\n2\r\n{}\r\n0\r\n\r\n"),
            text("negative length", "POST /v1/agents HTTP/1.1\r\n\(head)content-length: -2\r\n\r\n{}"),
            text("length that is no number", "POST /v1/agents HTTP/1.1\r\n\(head)content-length: two\r\n\r\n{}"),
            text("huge length", "POST /v1/agents HTTP/1.1\r\n\(head)content-length: 99999999999999999999999\r\n\r\n{}"),
            text("bad chunk size", "\(chunked)\r\nzz\r\n{}\r\n0\r\n\r\n"),
            text("huge chunk size", "\(chunked)\r\nffffffffffffffffff\r\n{}"),
            text(
                "unknown coding", "POST /v1/agents HTTP/1.1\r\n\(head)transfer-encoding: gzip\r\n\r\n{}", mayClose: true
            ),
            text("unknown method", "BREW /v1/agents HTTP/1.1\r\n\(head)\r\n"),
            text("method in lower case", "get /v1/agents HTTP/1.1\r\n\(head)\r\n"),
            text("bad escape", "GET /v1/agents/%zz HTTP/1.1\r\n\(head)\r\n"),
            text("cut escape", "GET /v1/agents/% HTTP/1.1\r\n\(head)\r\n"),
            text("escaped NUL", "GET /v1/agents/%00 HTTP/1.1\r\n\(head)\r\n"),
            text("escaped bytes", "GET /v1/agents/%ff%fe HTTP/1.1\r\n\(head)\r\n"),
            text("escaped slash", "GET /v1/agents%2fsessions%2fx HTTP/1.1\r\n\(head)\r\n"),
            text("upwards", "GET /v1/../etc/passwd HTTP/1.1\r\n\(head)\r\n"),
            Case(
                what: "raw bytes in the path",
                bytes: Array("GET /v1/agents/".utf8) + [0xC3, 0x28] + Array(" HTTP/1.1\r\n\(head)\r\n".utf8)),
            text("long id", "GET /v1/agents/\(String(repeating: "a", count: 30_000)) HTTP/1.1\r\n\(head)\r\n"),
            text(
                "very long path", "GET /\(String(repeating: "a/", count: 2 << 20)) HTTP/1.1\r\n\(head)\r\n",
                mayClose: true),
            text(
                "very long query",
                "GET /v1/agents?\(String(repeating: "a=b&", count: 1 << 20)) HTTP/1.1\r\n\(head)\r\n", mayClose: true),
            text(
                "one field of 10 MB",
                "GET /v1/agents HTTP/1.1\r\nx: \(String(repeating: "a", count: 10 << 20))\r\n\r\n", mayClose: true),
            text(
                "10 MB of fields",
                "GET /v1/agents HTTP/1.1\r\n\(String(repeating: "x-field: abcdefghij\r\n", count: 500_000))\r\n",
                mayClose: true),
            text("many fields", "GET /v1/agents HTTP/1.1\r\n\((0..<2_000).map { "x\($0): y\r\n" }.joined())\r\n"),
            text("half a head", "GET /v1/agents HTTP/1.1\r\nhost: x", mayClose: true, endsSending: true),
            text(
                "half a body", "POST /v1/agents HTTP/1.1\r\n\(head)content-length: 100\r\n\r\n{\"model\": ",
                mayClose: true, endsSending: true),
            text("half a chunk", "\(chunked)\r\n10\r\n{\"mo", mayClose: true, endsSending: true),
            text("nothing", "", mayClose: true, endsSending: true),
        ]
    }

    @Test func garbageBehindAGoodRequest() throws {
        let server = try TestServer()
        let good = server.api.request("GET", "/v1/agents", nil)
        for garbage in ["\0\0\0\0\r\n\r\n", "NOT HTTP AT ALL\r\n\r\n", "GET /v1/agents HTTP/1.1\r\nbad field\r\n\r\n"] {
            let socket = try Socket(port: server.port)
            try socket.send(good + good + Array(garbage.utf8))
            #expect(try socket.response().status == 200)
            #expect(try socket.response().status == 200)
            do {
                Refusal.expect(try socket.response(within: .seconds(5)), garbage)
            } catch is Socket.Closed {}
        }
        #expect(try server.api.call("GET", "/v1/agents").status == 200)
    }

    @Test func garbageOnAStreamDoesNotBreakIt() throws {
        let server = try TestServer()
        let session = try server.api.newSession("say hello")
        try server.api.wait(session)
        let log = try Promises(server: server, session: session).log()
        let socket = try Socket(port: server.port)
        let path = "/v1/agents/sessions/\(session)/events?after=0&include_obfuscation=false"
        try socket.send(server.api.request("GET", path, nil))
        let end = ContinuousClock.now + .seconds(10)
        #expect(try socket.head(until: end).status == 200)
        try socket.send("\0\0GARBAGE\r\n\r\n")
        var parser = EventParser()
        var events: [StreamEvent] = []
        while events.count < log.count, let chunk = try socket.chunk(until: end) {
            events += parser.parse(chunk).events
        }
        #expect(events == log)
    }

    @Test func manyRequestsAtOnceAreAnsweredInOrder() throws {
        let server = try TestServer()
        let socket = try Socket(port: server.port)
        let ids = (0..<50).map { "agent_none\($0)" }
        try socket.send(ids.flatMap { server.api.request("GET", "/v1/agents/\($0)", nil) })
        for id in ids { #expect(try socket.response().text.contains("'\(id)'")) }
    }

    @Test func aHalfClosedConnectionGetsItsAnswer() throws {
        let server = try TestServer()
        let body = try JSONValue.bytes(["model": "scripted"])
        for (method, path, content) in [("GET", "/v1/agents", nil), ("POST", "/v1/agents", body)]
            as [(String, String, [UInt8]?)]
        {
            let socket = try Socket(port: server.port)
            try socket.send(server.api.request(method, path, content))
            socket.closeSending()
            #expect(try socket.response().status == 200, "\(method) \(path)")
        }
    }

    @Test func clientsThatTrickle() throws {
        let server = try TestServer(["HOLDFAST_LIMITS_REQUEST_READ_TIME": "700ms"])
        let before = try Written(server.api)
        let head = String(decoding: server.api.request("POST", "/v1/agents", nil), as: UTF8.self).dropLast()
        let slow: [(what: String, start: String, piece: String)] = [
            ("fields", String(head), "x: y\r\n"), ("one field", head + "x: ", "y"), ("the request line", "", "G"),
            ("a body", head + "content-length: 1000\r\n\r\n", " "),
            ("chunks", head + "transfer-encoding: chunked\r\n\r\n", "1\r\n \r\n"), ("nothing more", String(head), ""),
            ("nothing at all", "", ""), ("a body that never comes", head + "content-length: 10\r\n\r\n", ""),
        ]
        let port = server.port
        let problems = Locked<[String]>([])
        try inParallel(
            slow.map { slow in
                {
                    let socket = try Socket(port: port)
                    try? socket.send(slow.start)
                    let begin = ContinuousClock.now
                    // Bytes keep coming, so only a limit on the whole request ends this.
                    let sender: @Sendable () -> Bool = {
                        pause(milliseconds: 50)
                        return ContinuousClock.now - begin < .seconds(6)
                    }
                    while sender(), !socket.hasInput { guard (try? socket.send(slow.piece)) != nil else { break } }
                    let response = try? socket.response(within: .seconds(1))
                    let time = ContinuousClock.now - begin
                    let rest = (try? socket.rest(until: ContinuousClock.now + .seconds(2))) ?? [0]
                    if !rest.isEmpty { problems.with { $0.append("\(slow.what): two answers, or still open") } }
                    let problem = response.flatMap {
                        Refusal.problem($0, status: slow.what == "the request line" ? 400...408 : 408...408)
                    }
                    if let problem { problems.with { $0.append("\(slow.what): \(problem)") } }
                    if time > .seconds(5) { problems.with { $0.append("\(slow.what): still open after \(time)") } }
                    if response == nil {
                        problems.with { $0.append("\(slow.what): closed without an answer") }
                    }
                }
            })
        #expect(problems.value == [])
        #expect(try Written(server.api).difference(from: before) == "")
    }
}
