import Foundation
import Glibc
import Testing

/// Responses and conversations: stored ones are durable, the others leave nothing behind.
@Suite(.ownThread)
struct ResponseTests {
    /// The events of a response's stream.
    static func events(_ api: API, _ path: String, _ body: [String: Any]? = nil) throws -> [JSONValue] {
        let response = try api.call(body == nil ? "GET" : "POST", path, body)
        try check(response.status == 200, "\(response.status) \(response.text)")
        let blocks = response.text.components(separatedBy: "\n\n").filter { $0.contains("data: ") }
        try check(blocks.last == "data: [DONE]", "a stream ends with [DONE]")
        return try blocks.dropLast().map { block in
            let line = block.components(separatedBy: "\n").first { $0.hasPrefix("data: ") } ?? ""
            return try JSONValue(parsing: String(line.dropFirst("data: ".count)))
        }
    }

    /// What every stream of a response obeys.
    static func checkOrder(_ events: [JSONValue], from first: Int = 0) throws {
        let terminal: Set<String?> = ["response.completed", "response.failed", "response.incomplete"]
        try check(
            events.map { $0["sequence_number"].integer } == Array(first..<(first + events.count)), "numbers have no gap"
        )
        try check(terminal.contains(events.last?["type"].text), "the last event is a terminal one")
        try check(events.count { terminal.contains($0["type"].text) } == 1, "there is one terminal event")
    }

    @Test func aStreamIsTheSameLiveAndAgain() throws {
        let server = try TestServer()
        defer { withExtendedLifetime(server) {} }
        let live = try Self.events(
            server.api, "/v1/responses",
            [
                "model": "scripted", "input": "reason why\nsay one two three\ncall f {\"a\": 1}", "stream": true,
                "stream_options": ["include_obfuscation": false], "tools": [["type": "function", "name": "f"]],
            ])
        try Self.checkOrder(live)
        #expect(live[0]["type"].text == "response.created" && live[1]["type"].text == "response.in_progress")
        let id = try #require(live[0]["response"]["id"].text)
        let path = "/v1/responses/\(id)?stream=true&include_obfuscation=false"
        #expect(try Self.events(server.api, path).map(JSONValue.line) == live.map(JSONValue.line))
        for number in 0..<(live.count - 1) {
            let rest = try Self.events(server.api, path + "&starting_after=\(number)")
            #expect(rest.map(JSONValue.line) == live.dropFirst(number + 1).map(JSONValue.line))
        }
        let answer = try server.api.get("/v1/responses/\(id)")
        #expect(JSONValue.line(answer) == JSONValue.line(try #require(live.last?["response"])))
        #expect(answer["output"].list.map { $0["type"].text } == ["reasoning", "message", "function_call"])
    }

    @Test func twoContinuationsOfOneResponseNeverSeeEachOther() throws {
        let server = try TestServer()
        defer { withExtendedLifetime(server) {} }
        let api = server.api
        let root = try api.post("/v1/responses", ["model": "scripted", "input": "say root"])["id"].text ?? ""
        func ask(_ input: String, after id: String) throws -> JSONValue {
            try api.post("/v1/responses", ["model": "scripted", "input": input, "previous_response_id": id])
        }
        let left = try ask("say left", after: root)["id"].text ?? ""
        let right = try ask("say right", after: root)["id"].text ?? ""
        func recall(_ pattern: String, after id: String) throws -> String {
            try ask("recall \(pattern)", after: id)["output"][0].messageText
        }
        #expect(try recall("say left", after: right) == "no match")
        #expect(try recall("say right", after: left) == "no match")
        #expect(try recall("say root", after: right) == "say root")
        try inParallel(
            (0..<8).map { number in
                {
                    _ = try api.post(
                        "/v1/responses", ["model": "scripted", "input": "say \(number)", "previous_response_id": left])
                }
            })
        #expect(try ask("count", after: left)["output"][0].messageText == "3")
    }

    @Test func aThousandClientsComeBackAtOnceAfterACrash() throws {
        let server = try TestServer()
        defer { withExtendedLifetime(server) {} }
        let body: [String: Any] = ["model": "scripted", "input": "slow 20\nrepeat 40 say a b c", "background": true]
        let id = try server.api.post("/v1/responses", body)["id"].text ?? ""
        try server.killAndRestart()
        let sockets = try (0..<1_000).map { number in
            let socket = try Socket(port: server.port)
            let path = "/v1/responses/\(id)?stream=true&starting_after=\(number % 3)"
            try socket.send(server.api.request("GET", path, nil, closes: true))
            return socket
        }
        for (number, socket) in sockets.enumerated() {
            let text = try socket.response(within: .seconds(60)).text
            try check(text.hasSuffix("data: [DONE]\n\n"), "client \(number) saw the end")
            try check(text.contains("\"sequence_number\":\(number % 3 + 1)"), "client \(number) went on where it was")
            try check(!text.contains("\"sequence_number\":\(number % 3)}"), "client \(number) saw nothing twice")
            try check(text.contains("event: response.completed"), "client \(number) saw the answer")
        }
    }

    @Test func aStoredResponseCostsTwoCommits() throws {
        let server = try TestServer()
        defer { withExtendedLifetime(server) {} }
        let api = server.api
        let before = try api.metric("holdfast_session_commits_total")
        let first = try api.post("/v1/responses", ["model": "scripted", "input": "say one"])["id"].text ?? ""
        #expect(try api.metric("holdfast_session_commits_total") == before + 2)
        _ = try api.post(
            "/v1/responses", ["model": "scripted", "input": "say two", "previous_response_id": first])
        #expect(try api.metric("holdfast_session_commits_total") == before + 4)
        // Both are in the books of the key that asked.
        let usage = try api.get("/v1/usage?group_by=key,operation")["data"]
        #expect(usage.list.count == 1 && usage[0]["key"].text?.isEmpty == false && usage[0]["inferences"].integer == 2)
    }

    @Test func aStreamThatWaitsSaysSo() throws {
        let server = try TestServer(["HOLDFAST_LIMITS_STREAM_KEEP_ALIVE": "100ms"])
        defer { withExtendedLifetime(server) {} }
        for isStored in [true, false] {
            let response = try server.api.call(
                "POST", "/v1/responses",
                ["model": "scripted", "input": "wait 600\nsay x", "stream": true, "store": isStored])
            let start = try #require(response.text.range(of: "response.in_progress"))
            let end = try #require(response.text.range(of: "response.output_item.added"))
            #expect(response.text[start.upperBound..<end.lowerBound].contains(": keep-alive\n"), "store: \(isStored)")
        }
    }

    @Test func whatIsNotStoredIsNowhere() throws {
        let server = try TestServer()
        let marker = "marker-\(UInt64.random(in: .min ... .max))"
        let answer = try server.api.post(
            "/v1/responses",
            ["model": "scripted", "input": "say \(marker)", "store": false, "metadata": ["m": marker]])
        #expect(answer["output"][0].messageText == marker && answer["store"].flag == false)
        _ = try server.api.post(
            "/v1/chat/completions",
            ["model": "scripted", "messages": [["role": "user", "content": "say \(marker)"]]])
        Refusal.expect(
            try server.api.call("GET", "/v1/responses/\(answer["id"].text ?? "")"), "not stored", status: 404...404)
        // The control: what is stored can be found.
        let kept = "kept-\(UInt64.random(in: .min ... .max))"
        _ = try server.api.post("/v1/responses", ["model": "scripted", "input": "say \(kept)"])
        try server.kill()
        func isThere(_ text: String) throws -> Bool {
            try Files.tree(server.data).contains { file in
                guard Files.isRegular(file.status) else { return false }
                return String(decoding: try Files.bytes(file.path), as: UTF8.self).contains(text)
            }
        }
        #expect(try !isThere(marker))
        #expect(try isThere(kept))
    }

    @Test func oneDialectGoesOnWhereTheOtherStopped() throws {
        let server = try TestServer()
        defer { withExtendedLifetime(server) {} }
        let api = server.api
        let session = try api.newSession("say my name is Ada")
        try api.wait(session)
        let conversation = "conv_" + session.dropFirst("sess_".count)
        let answer = try api.post(
            "/v1/responses",
            ["model": "scripted", "input": "recall name is (\\w+)", "conversation": conversation])
        #expect(answer["output"][0].messageText == "Ada" && answer["conversation"]["id"].text == conversation)
        try api.say("count", to: session)
        try api.wait(session)
        let items = try api.get("/v1/conversations/\(conversation)/items?order=asc")["data"]
        #expect(items.list.count == 6 && items[5].messageText == "3")
        #expect(try api.items(of: session).map { $0["id"].text } == items.list.map { $0["id"].text })
    }

    @Test func anotherProjectFindsNothing() throws {
        let server = try TestServer()
        defer { withExtendedLifetime(server) {} }
        let made = try server.command(["keys", "create", "--project", "other"])
        let word = made.output.split { $0.isWhitespace }.last { $0.hasPrefix("hf_") }
        let other = API(port: server.port, key: String(try #require(word)))
        let api = server.api
        let response = try api.post("/v1/responses", ["model": "scripted", "input": "say secret"])["id"].text ?? ""
        let conversation = try api.post("/v1/conversations", [:])["id"].text ?? ""
        for (method, path) in [
            ("GET", "/v1/responses/\(response)"), ("DELETE", "/v1/responses/\(response)"),
            ("GET", "/v1/responses/\(response)/input_items"), ("POST", "/v1/responses/\(response)/cancel"),
            ("GET", "/v1/responses/\(response)?stream=true"), ("GET", "/v1/conversations/\(conversation)"),
            ("DELETE", "/v1/conversations/\(conversation)"), ("GET", "/v1/conversations/\(conversation)/items"),
        ] {
            Refusal.expect(try other.call(method, path, method == "POST" ? [:] : nil), path, status: 404...404)
        }
        Refusal.expect(
            try other.call(
                "POST", "/v1/responses", ["model": "scripted", "input": "x", "previous_response_id": response]),
            "continuation", status: 400...400, code: "previous_response_not_found")
        Refusal.expect(
            try other.call("POST", "/v1/responses", ["model": "scripted", "input": "x", "conversation": conversation]),
            "conversation", status: 404...404)
        #expect(try api.get("/v1/responses/\(response)")["status"].text == "completed")
    }

    @Test func badRequestsAreRefusedByName() throws {
        let server = try TestServer()
        defer { withExtendedLifetime(server) {} }
        let cases: [([String: Any], String)] = [
            ([:], "model"), (["model": "scripted"], "input"), (["model": 1, "input": "x"], "model"),
            (["model": "scripted", "input": 1], "input"), (["model": "scripted", "input": [1]], "input[0]"),
            (["model": "scripted", "input": [["role": "king", "content": "x"]]], "input[0].role"),
            (["model": "scripted", "input": [["role": "user"]]], "input[0].content"),
            (["model": "scripted", "input": [["type": "function_call_output", "output": "x"]]], "input[0].call_id"),
            (
                ["model": "scripted", "input": [["type": "function_call_output", "call_id": "no", "output": "x"]]],
                "input"
            ),
            (["model": "scripted", "input": "x", "store": false, "background": true], "background"),
            (["model": "scripted", "input": "x", "temperature": 9], "temperature"),
            (["model": "scripted", "input": "x", "tools": [["name": "x"]]], "tools[0].type"),
            (["model": "scripted", "input": "x", "tools": [["type": "function"]]], "tools[0].name"),
            (["model": "scripted", "input": "x", "prompt": ["id": "p"]], "prompt"),
            (["model": "scripted", "input": "x", "previous_response_id": "resp_1"], "previous_response_id"),
            (["model": "scripted", "input": "x", "text": ["format": ["type": "json_schema"]]], "text.format.name"),
        ]
        for (body, param) in cases {
            let response = try server.api.call("POST", "/v1/responses", body)
            Refusal.expect(response, param, status: 400...404)
            #expect(response.json["error"]["param"].text == param, "\(response.text)")
        }
    }

    /// The server's own tools belong to sessions with an environment; a plain response has only its client's.
    @Test func nothingJoinsInThatTheClientDidNotAskFor() throws {
        let server = try TestServer()
        defer { withExtendedLifetime(server) {} }
        for isStored in [true, false] {
            let answer = try server.api.post(
                "/v1/responses", ["model": "scripted", "input": "tools", "store": isStored])
            #expect(answer["output"][0].messageText == "none", "store: \(isStored)")
        }
        let pair: [[String: Any]] = ["x", "y"].map {
            ["type": "function_call_output", "call_id": "c", "output": $0]
        }
        let call: [String: Any] = ["type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"]
        Refusal.expect(
            try server.api.call("POST", "/v1/responses", ["model": "scripted", "input": [call] + pair]),
            "two outputs", status: 400...400, param: "input")
    }

    @Test func declarationsOfToolsThatNobodyHostsDoNoHarm() throws {
        let server = try TestServer()
        defer { withExtendedLifetime(server) {} }
        let answer = try server.api.post(
            "/v1/responses",
            [
                "model": "scripted", "input": "tools",
                "tools": [
                    ["type": "web_search"], ["type": "namespace", "name": "n", "description": "d", "tools": [Int]()],
                    ["type": "never_heard_of"], ["type": "function", "name": "f"],
                ] as [[String: Any]],
            ])
        #expect(answer["status"].text == "completed")
        #expect(
            answer["tools"].list.map { $0["type"].text } == ["web_search", "namespace", "never_heard_of", "function"])
    }
}

#if DEBUG
    /// Kill at every write of a response that nobody waits for.
    @Suite(.ownThread)
    struct ResponseKillTests {
        @Test(arguments: ["before", "after"])
        func aBackgroundResponseSurvivesAKillAtEveryCommit(_ moment: String) throws {
            var commit = 1
            while try Self.isKilled(at: "\(commit):\(moment)") { commit += 1 }
            #expect(commit > 2, "a streamed answer has more commits than \(commit - 1)")
        }

        /// - Returns: `false` when the server lived to the end.
        private static func isKilled(at point: String) throws -> Bool {
            let server = try TestServer(first: ["HOLDFAST_TEST_KILL_AT_COMMIT": point])
            let body: [String: Any] = [
                "model": "scripted", "input": "slow 20\nsay one two three four five six", "background": true,
            ]
            var accepted: String?
            do {
                accepted = try server.api.post("/v1/responses", body)["id"].text
                try eventually("the response ends") {
                    guard server.isRunning else { throw Socket.Closed() }
                    return try server.api.get("/v1/responses/\(accepted ?? "")")["status"].text == "completed"
                }
            } catch is Socket.Closed {}
            let wasKilled = (try? server.child?.wait(within: .milliseconds(200))) == .signal(SIGKILL)
            if wasKilled { try server.start() }
            guard let id = accepted else { return wasKilled }
            try eventually("the response ends") {
                try server.api.get("/v1/responses/\(id)")["status"].text == "completed"
            }
            let answer = try server.api.get("/v1/responses/\(id)")
            try check(answer["output"].list.count == 1, "\(point): one answer, not \(answer["output"].list.count)")
            try check(answer["output"][0].messageText == "one two three four five six", "\(point): the whole answer")
            let events = try ResponseTests.events(server.api, "/v1/responses/\(id)?stream=true")
            try ResponseTests.checkOrder(events)
            try check(Set(events.compactMap { $0["response"]["id"].text }) == [id], "\(point): one id in all events")
            return wasKilled
        }

        /// The server dies at the commit that completes the response: before it nobody has heard of the end, behind it
        /// the end is on the disk, heard of or not.
        @Test(arguments: ["before", "after"])
        func theEndIsOnTheDiskBeforeItIsShown(_ moment: String) throws {
            let server = try TestServer(first: ["HOLDFAST_TEST_KILL_AT_COMMIT": "2:\(moment)"])
            let socket = try Socket(port: server.port)
            let body: [String: Any] = ["model": "scripted", "input": "wait 300\nsay x", "stream": true]
            try socket.send(server.api.request("POST", "/v1/responses", try JSONValue.bytes(body), closes: true))
            let end = ContinuousClock.now + .seconds(10)
            var seen = ""
            do {
                while !seen.contains("response.completed") { seen += try socket.line(until: end) + "\n" }
            } catch is Socket.Closed {}
            _ = try server.child?.wait()
            #expect(seen.contains("response.in_progress") && !seen.contains("response.completed"))
            let first = seen.components(separatedBy: "\n").first { $0.hasPrefix("data: ") } ?? ""
            let id = try JSONValue(parsing: String(first.dropFirst("data: ".count)))["response"]["id"].text ?? ""
            try server.start()
            if moment == "before" {
                try eventually("the response ends") {
                    try server.api.get("/v1/responses/\(id)")["status"].text == "completed"
                }
            }
            #expect(try server.api.get("/v1/responses/\(id)")["status"].text == "completed")
        }
    }
#endif
