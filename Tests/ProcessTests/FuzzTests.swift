import Testing

/// Thousands of damaged requests: never a 5xx, never a crash, and the server still works.
@Suite(.ownThread)
struct FuzzTests {
    @Test(arguments: [UInt64(1), 2, 3, 4])
    func damagedRequests(_ seed: UInt64) throws {
        var fuzzer = try Fuzzer(BadInputTests.Fixture(["HOLDFAST_LIMITS_REQUEST_BODY": "256KiB"]), seed: seed)
        for _ in 0..<1_000 { try fuzzer.step() }
        #expect(fuzzer.problems == [], "seed \(seed)")
        let server = fuzzer.fixture.server
        #expect(server.isRunning)
        #expect(fuzzer.statuses[400, default: 0] > 100 && fuzzer.statuses[200, default: 0] > 10, "\(fuzzer.statuses)")
        let session = try server.api.newSession("say still here")
        try server.api.wait(session)
        #expect(try server.api.items(of: session).last?.messageText == "still here")
    }
}

/// Sends damaged requests over connections that it keeps as long as they last.
private struct Fuzzer {
    let fixture: BadInputTests.Fixture
    private(set) var problems: [String] = []
    private(set) var statuses: [Int: Int] = [:]
    private var random: SeededRandom
    private var socket: Socket?

    init(_ fixture: BadInputTests.Fixture, seed: UInt64) throws {
        self.fixture = fixture
        random = SeededRandom(seed: seed)
    }

    /// One request and its answer.
    mutating func step() throws {
        let damagesHead = Int.random(in: 0..<5, using: &random) == 0
        let request = damagesHead ? damaged(request(damagingBody: false), 1...4) : request(damagingBody: true)
        do {
            let socket = try self.socket ?? Socket(port: fixture.server.port)
            self.socket = socket
            try socket.send(request)
            // A damaged head may announce what never comes.
            let response = try socket.response(within: damagesHead ? .milliseconds(120) : .seconds(20))
            statuses[response.status, default: 0] += 1
            note(response, request)
            if damagesHead || !response.keepsConnection { drop() }
        } catch is Socket.Closed {
            drop()
            if !fixture.server.isRunning { throw Failure("the server died of \(Self.shown(request))") }
        } catch is Socket.TimedOut {
            drop()
            if !damagesHead { problems.append("no answer to \(Self.shown(request))") }
        }
    }

    private mutating func drop() {
        socket?.close()
        socket = nil
    }

    private mutating func note(_ response: Response, _ request: [UInt8]) {
        let isMissing = response.status == 501 && response.json["error"]["code"].text == "not_implemented"
        if response.status >= 500, !isMissing {
            problems.append("\(response.status) to \(Self.shown(request)): \(response.text)")
        } else if response.status >= 400, let problem = Refusal.problem(response, status: 400...501) {
            problems.append("\(problem) to \(Self.shown(request))")
        }
    }

    private mutating func request(damagingBody: Bool) -> [UInt8] {
        let templates = Self.templates(fixture)
        let (path, body) = templates[Int.random(in: 0..<templates.count, using: &random)]
        let isRead = Int.random(in: 0..<8, using: &random) == 0
        if isRead { return fixture.server.api.request("GET", path.replacing("/events", with: "/items"), nil) }
        let bytes = Array(body.utf8)
        let kind = Int.random(in: 0..<6, using: &random)
        guard damagingBody, kind > 0 else { return fixture.server.api.request("POST", path, bytes) }
        let damaged = kind > 2 ? Array(swapped(body).utf8) : damaged(bytes, 1...6)
        return fixture.server.api.request("POST", path, damaged)
    }

    /// Changes, removes, doubles or cuts off bytes.
    private mutating func damaged(_ bytes: [UInt8], _ count: ClosedRange<Int>) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: count, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: bytes.indices, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 2: bytes.remove(at: place)
            case 3: bytes.insert([0, 0x22, 0x5C, 0x7B, 0x5B, 0xFF].randomElement(using: &random)!, at: place)
            case 4: bytes.insert(contentsOf: bytes[place..<min(place + 40, bytes.count)], at: place)
            default: bytes.removeSubrange(place..<min(place + 12, bytes.count))
            }
        }
        return bytes
    }

    /// Puts a value of another kind in the place of one, so that the text stays JSON.
    private mutating func swapped(_ text: String) -> String {
        let values = [
            "null", "true", "-1", "1e308", "1.5", "9223372036854775808", "\"\"", "\"\\u0000\"", "\"\\ud83d\\ude00\"",
            "[]",
            "{}", "[[[[[[]]]]]]", "{\"type\": \"none\"}", "\"\(String(repeating: "x", count: 5_000))\"",
        ]
        var text = text
        for _ in 0..<Int.random(in: 1...2, using: &random) {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            guard parts.count > 1 else { return text }
            let place = Int.random(in: 1..<parts.count, using: &random)
            let end = parts[place].firstIndex { ",}]".contains($0) } ?? parts[place].endIndex
            var changed = parts
            changed[place] = " " + values.randomElement(using: &random)! + parts[place][end...]
            text = changed.joined(separator: ":")
        }
        return text
    }

    private static func templates(_ fixture: BadInputTests.Fixture) -> [(String, String)] {
        let message =
            "{\"type\":\"message\",\"role\":\"user\",\"content\":[{\"type\":\"input_text\",\"text\":\"say hi\"}]}"
        let function =
            "{\"type\":\"function\",\"name\":\"f\",\"description\":\"d\",\"parameters\":{\"type\":\"object\"}}"
        let agent =
            "{\"model\":\"scripted\",\"instructions\":\"be good\",\"tools\":[\(function)],"
            + "\"reasoning\":{\"effort\":\"low\"}"
        let none = "\"environment\":{\"type\":\"none\"}"
        let input = "{\"type\":\"agent.session.input.message\",\"input\":[\(message)]}"
        let result =
            "{\"type\":\"agent.session.input.tool_result\",\"turn_id\":\"t\",\"call_id\":\"c\","
            + "\"success\":true,\"output\":\"x\"}"
        let sessions = "/v1/agents/sessions"
        return [
            ("/v1/agents", "\(agent),\"name\":\"n\",\"metadata\":{\"a\":\"b\"},\"text\":{\"verbosity\":\"low\"}}"),
            (
                "/v1/agents/\(fixture.agent)",
                "{\"instructions\":\"x\",\"metadata\":{\"k\":\"v\"},\"service_tier\":\"auto\"}"
            ),
            (
                sessions,
                "{\"agent\":\(agent)},\(none),\"input\":\"say hi\",\"metadata\":{\"a\":\"b\"}}"
            ),
            (
                sessions,
                "{\"agent_id\":\"\(fixture.agent)\",\(none),\"input\":[\(message)]}"
            ),
            (
                "\(sessions)/\(fixture.idle)",
                "{\"metadata\":{\"a\":\"b\"},\"agent\":{\"reasoning\":{\"effort\":\"low\"}}}"
            ),
            ("\(sessions)/\(fixture.idle)/events", "{\"events\":[\(input)]}"),
            ("\(sessions)/\(fixture.waiting)/events", "{\"events\":[\(result),\(input)]}"),
            ("/v1/keys", "{\"name\":\"n\",\"project\":\"default\"}"),
        ]
    }

    private static func shown(_ request: [UInt8]) -> String {
        String(decoding: request.prefix(600), as: UTF8.self).debugDescription
    }
}
