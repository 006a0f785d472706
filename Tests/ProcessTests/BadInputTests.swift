import Testing

/// Requests that make no sense are refused in OpenAI's envelope, and nothing is written.
@Suite(.ownThread)
struct BadInputTests {
    /// What a test needs to address every route.
    struct Fixture {
        let server: TestServer
        let agent: String
        let idle: String
        let waiting: String

        init(_ settings: [String: String] = [:]) throws {
            server = try TestServer(settings)
            agent = try server.api.post("/v1/agents", ["model": "scripted"])["id"].text ?? ""
            idle = try server.api.newSession("say hello")
            let function: [String: Any] = [
                "type": "function", "name": "lookup", "description": "", "parameters": [String: Any](),
            ]
            waiting = try server.api.newSession("call lookup {}", tools: [function])
            try server.api.wait(idle)
            try server.api.wait(waiting, for: "requires_action")
        }

        /// Every route that takes a body.
        var posts: [String] {
            [
                "/v1/agents", "/v1/agents/\(agent)", "/v1/agents/sessions", "/v1/agents/sessions/\(idle)",
                "/v1/agents/sessions/\(idle)/events", "/v1/keys",
            ]
        }

        func written() throws -> Written { try Written(server.api, sessions: [idle, waiting]) }
    }

    @Test func bodiesThatAreNoObject() throws {
        let fixture = try Fixture()
        let before = try fixture.written()
        let deep = String(repeating: "[", count: 100_000)
        let bodies: [(String, [UInt8])] = [
            ("cut off", Array("{\"model\": \"scr".utf8)), ("not JSON", Array("model=scripted".utf8)),
            ("array", Array("[]".utf8)), ("string", Array("\"x\"".utf8)), ("null", Array("null".utf8)),
            ("number", Array("1".utf8)), ("two objects", Array("{}{}".utf8)), ("comma", Array("{\"a\": 1,}".utf8)),
            ("comment", Array("{} // x".utf8)), ("quotes", Array("{'a': 1}".utf8)), ("NaN", Array("{\"a\": NaN}".utf8)),
            ("huge number", Array("{\"a\": 1e999999}".utf8)), ("zero", Array("{\"a\": 012}".utf8)),
            ("invalid UTF-8", Array("{\"name\": \"".utf8) + [0xC3, 0x28] + Array("\"}".utf8)),
            ("overlong UTF-8", Array("{\"name\": \"".utf8) + [0xC0, 0x80] + Array("\"}".utf8)),
            ("half a surrogate pair", Array("{\"name\": \"\\ud800\"}".utf8)),
            ("UTF-16", [0xFF, 0xFE, 0x7B, 0, 0x7D, 0]),
            ("raw NUL", Array("{\"name\": \"a".utf8) + [0] + Array("b\"}".utf8)), ("NUL only", [0, 0, 0]),
            ("escaped NUL", Array("{\"name\": \"a\\u0000b\"}".utf8)), ("NUL in a name", Array("{\"\\u0000\": 1}".utf8)),
            ("deep arrays", Array("{\"model\": \(deep)".utf8)), ("line break", Array("{\"name\": \"a\nb\"}".utf8)),
            ("deep objects", Array(String(repeating: "{\"a\":", count: 50_000).utf8)),
            ("deep and closed", Array("{\"a\": \(deep.prefix(5_000))\(String(repeating: "]", count: 5_000))}".utf8)),
        ]
        for path in fixture.posts {
            for (what, body) in bodies {
                let response = try fixture.server.api.send("POST", path, body)
                Refusal.expect(response, "\(what) to \(path)", status: 400...400, code: "invalid_json")
            }
        }
        #expect(try fixture.written().difference(from: before) == "")
    }

    @Test func bodiesThatAreTooLarge() throws {
        let fixture = try Fixture(["HOLDFAST_LIMITS_REQUEST_BODY": "64KiB"])
        let api = fixture.server.api
        let before = try fixture.written()
        let large = Array("{\"name\": \"".utf8) + [UInt8](repeating: 0x61, count: 200 << 10) + Array("\"}".utf8)
        for path in fixture.posts {
            let response = try api.send("POST", path, large)
            Refusal.expect(response, "Content-Length to \(path)", status: 413...413, code: "request_too_large")
            let announced = try Socket(port: api.port)
            try announced.send(api.request("POST", path, nil, headers: ["content-length": "99999999999"]))
            Refusal.expect(try announced.response(), "announced to \(path)", status: 413...413)
            let chunked = try Socket(port: api.port)
            try chunked.send(api.request("POST", path, nil, headers: ["transfer-encoding": "chunked"]))
            for start in stride(from: 0, to: large.count, by: 8_192) {
                let piece = large[start..<min(start + 8_192, large.count)]
                guard
                    (try? chunked.send(Array("\(String(piece.count, radix: 16))\r\n".utf8) + piece + [13, 10])) != nil
                else { break }
            }
            try? chunked.send("0\r\n\r\n")
            Refusal.expect(try chunked.response(), "chunked to \(path)", status: 413...413, code: "request_too_large")
        }
        #expect(try fixture.written().difference(from: before) == "")
        #expect(try api.status(of: fixture.idle) == "idle")
    }

    @Test func valuesThatAreNotAllowed() throws {
        let fixture = try Fixture()
        let before = try fixture.written()
        for (path, bodies) in BadBodies.all(fixture) {
            for body in bodies {
                let response = try fixture.server.api.send("POST", path, Array(body.utf8))
                Refusal.expect(response, "\(body.prefix(200)) to \(path)", status: 400...404)
                let error = response.json["error"]
                #expect(
                    error["param"].text != nil || error["code"].text == "invalid_request_error",
                    "\(body): \(response.text)")
            }
        }
        for query in [
            "limit=0", "limit=-1", "limit=x", "limit=999999999999999999999", "limit=101", "order=up", "after=%00",
            "after=x", "limit=%zz",
        ] {
            for path in [
                "/v1/agents", "/v1/agents/sessions", "/v1/agents/sessions/\(fixture.idle)/items",
                "/v1/agents/sessions/\(fixture.idle)/turns",
            ] {
                Refusal.expect(
                    try fixture.server.api.call("GET", "\(path)?\(query)"), "\(path)?\(query)", status: 400...400)
            }
        }
        #expect(try fixture.written().difference(from: before) == "")
    }

    @Test func resultsThatNobodyWaitsFor() throws {
        let fixture = try Fixture()
        let api = fixture.server.api
        let action = try api.get("/v1/agents/sessions/\(fixture.waiting)")["required_actions"][0]
        let (call, turn) = (action["call_id"].text ?? "", action["turn_id"].text ?? "")
        let otherTurn = try api.get("/v1/agents/sessions/\(fixture.idle)/turns")["data"][0]["id"].text ?? ""
        let before = try fixture.written()
        let wrong: [(String, String, String)] = [
            ("another session's turn", call, otherTurn), ("no turn", call, "turn_x"), ("no call", "call_x", turn),
            ("upper case", call.uppercased(), turn), ("a longer id", call + "0", turn),
        ]
        for (what, call, turn) in wrong {
            let path = "/v1/agents/sessions/\(fixture.waiting)/events"
            let response = try api.call("POST", path, API.result(of: call, turn: turn, "x"))
            Refusal.expect(response, what, status: 400...400, code: "invalid_request_error")
        }
        let elsewhere = "/v1/agents/sessions/\(fixture.idle)/events"
        let response = try api.call("POST", elsewhere, API.result(of: call, turn: turn, "x"))
        Refusal.expect(response, "another session", status: 400...400)
        #expect(response.json["error"]["message"].text == "Unknown pending tool call: \(call)")
        // A good event before a bad one: the request is refused as a whole.
        var mixed = API.message("say no")
        let bad = API.result(of: "call_x", turn: turn, "x")["events"] as? [Any] ?? []
        mixed["events"] = (mixed["events"] as? [Any] ?? []) + bad
        Refusal.expect(try api.call("POST", elsewhere, mixed), "mixed", status: 400...400)
        #expect(try fixture.written().difference(from: before) == "")
    }

    @Test func idempotencyKeysWithAnotherBody() throws {
        let fixture = try Fixture()
        let api = fixture.server.api
        let path = "/v1/agents/sessions/\(fixture.idle)/events"
        let key = ["idempotency-key": "once"]
        #expect(try api.call("POST", path, API.message("say one"), headers: key).status == 202)
        try api.wait(fixture.idle)
        let before = try fixture.written()
        #expect(try api.call("POST", path, API.message("say one"), headers: key).status == 202)
        let another = try api.call("POST", path, API.message("say two"), headers: key)
        Refusal.expect(
            another, "another body", status: 422...422, code: "idempotency_key_reused", param: "Idempotency-Key")
        let long = ["idempotency-key": String(repeating: "k", count: 10_000)]
        Refusal.expect(
            try api.call("POST", path, API.message("say two"), headers: long), "a long key", status: 400...400)
        #expect(try fixture.written().difference(from: before) == "")
        try fixture.server.killAndRestart()
        let later = try api.call("POST", path, API.message("say two"), headers: key)
        Refusal.expect(later, "after a restart", status: 422...422)
        #expect(try api.call("POST", path, API.message("say one"), headers: key).status == 202)
        #expect(try api.items(of: fixture.idle).count { $0.messageText == "say one" } == 1)
    }

    @Test func deletedThings() throws {
        let fixture = try Fixture()
        let api = fixture.server.api
        let session = try api.newSession("say hello")
        try api.wait(session)
        #expect(try api.call("DELETE", "/v1/agents/\(fixture.agent)").status == 200)
        #expect(try api.call("DELETE", "/v1/agents/sessions/\(session)").status == 200)
        let before = try fixture.written()
        var settings = API.settings("say hello")
        settings["agent"] = nil
        settings["agent_id"] = fixture.agent
        Refusal.expect(
            try api.call("POST", "/v1/agents/sessions", settings), "a deleted agent", status: 404...404,
            param: "agent_id")
        let base = "/v1/agents/sessions/\(session)"
        let requests: [(String, String, [String: Any]?)] = [
            ("GET", "/v1/agents/\(fixture.agent)", nil), ("POST", "/v1/agents/\(fixture.agent)", ["name": "x"]),
            ("DELETE", "/v1/agents/\(fixture.agent)", nil), ("GET", base, nil),
            ("POST", base, ["metadata": ["a": "b"]]),
            ("DELETE", base, nil), ("POST", base + "/events", API.message("say hello")), ("GET", base + "/events", nil),
            ("GET", base + "/items", nil), ("GET", base + "/turns", nil), ("GET", base + "/journal", nil),
        ]
        for (method, path, body) in requests {
            Refusal.expect(try api.call(method, path, body), "\(method) \(path)", status: 404...404, code: "not_found")
        }
        Refusal.expect(
            try api.call("DELETE", "/v1/agents/sessions/\(fixture.waiting)"), "a session at work", status: 400...400,
            code: "session_running")
        #expect(try fixture.written().difference(from: before) == "")
    }
}
