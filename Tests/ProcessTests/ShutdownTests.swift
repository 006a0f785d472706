import Glibc
import Testing

/// An orderly end, and sessions that sleep.
@Suite(.ownThread)
struct ShutdownTests {
    @Test func termEndsEverythingInTime() throws {
        let server = try TestServer(["HOLDFAST_LIMITS_MODEL_RETRY_BASE": "30s"])
        let api = server.api
        let streaming = try api.newSession("slow 20\nrepeat 100 say word")
        let waiting = try api.newSession("wait 2500\nsay waited")
        let command = try api.newSession(
            "call shell {\"command\": \"echo token >> ran; sleep 60\"}\nthen\nsay done", hosted: true)
        let retrying = try api.newSession("fail 503")
        let idle = try api.newSession("say idle")
        let sessions = [streaming, waiting, command, retrying, idle]
        let readers = sessions.map { server.follow($0) }
        try eventually("the command runs") { server.workspaceFile("ran", of: command) == "token\n" }
        try eventually("an attempt failed") { try Self.failures(api, retrying) == 1 }
        try readers[0].wait(for: "a delta") { $0.name.hasSuffix("output_text.delta") }
        try eventually("the streams are open") { readers.allSatisfy { $0.connections == 1 } }
        // A request whose body is on its way: it gets an answer.
        let body = try JSONValue.bytes(API.message("say late"))
        let late = try Socket(port: server.port)
        let request = api.request("POST", "/v1/agents/sessions/\(idle)/events", body)
        try late.send(Array(request.dropLast(5)))
        pause(milliseconds: 50)
        let begin = ContinuousClock.now
        server.child?.signal(SIGTERM)
        try late.send(Array(request.suffix(5)))
        let answer = try late.response(within: .seconds(5))
        #expect([202, 503].contains(answer.status), "\(answer.status) \(answer.text)")
        #expect(try server.child?.wait() == .exit(0))
        #expect(ContinuousClock.now - begin < .seconds(5))
        #expect(readers.allSatisfy { $0.hasEnded })
        try server.start()
        #expect(try Self.failures(api, retrying) == 1, "the shutdown is no failed attempt")
        for session in [streaming, waiting, command, idle] { try api.wait(session) }
        #expect(try api.items(of: waiting).last?.messageText == "waited")
        #expect(try api.items(of: streaming).last?.messageText.hasSuffix("word word") == true)
        #expect(try api.items(of: command).first { $0["type"].text == "command_execution" }?.isUnknown == true)
        for session in [streaming, waiting, command] { #expect(try Self.failures(api, session) == 0) }
        if answer.status == 202 { try Promises(server: server, session: idle).checkAnswered("say late") }
        for (session, reader) in zip(sessions, readers) where session != retrying {
            let promises = Promises(server: server, session: session)
            try promises.checkJournal()
            try promises.checkReader(reader)
        }
        try Promises(server: server, session: command).checkToken("token")
    }

    /// Failed attempts that count.
    private static func failures(_ api: API, _ session: String) throws -> Int {
        try api.journal(of: session).count {
            $0["kind"].text == "model.attempt_failed" && $0["body"]["counted"].flag == true
        }
    }

    @Test func termWhileRequestsComeIn() throws {
        let server = try TestServer()
        let session = try server.api.newSession("say first")
        try server.api.wait(session)
        let api = server.api
        let acknowledged = Locked<[String]>([])
        let refused = Locked<[Int]>([])
        let senders: [@Sendable () throws -> Void] = (0..<4).map { sender in
            {
                for number in 0..<200 {
                    let text = "say \(sender) \(number)"
                    let path = "/v1/agents/sessions/\(session)/events"
                    guard let response = try? api.call("POST", path, API.message(text)) else { return }
                    if response.status == 202 {
                        acknowledged.with { $0.append(text) }
                    } else {
                        refused.with { $0.append(response.status) }
                    }
                }
            }
        }
        let pid = server.pid
        let ender: @Sendable () throws -> Void = {
            try eventually("some messages are accepted") { acknowledged.value.count > 20 }
            kill(pid, SIGTERM)
        }
        try inParallel(senders + [ender])
        #expect(try server.child?.wait() == .exit(0))
        #expect(refused.value.allSatisfy { $0 == 503 }, "\(refused.value)")
        try server.start()
        try server.api.wait(session)
        let said = try server.api.items(of: session).filter { $0.isMessage(of: "user") }.map(\.messageText)
        #expect(Set(said).isSuperset(of: acknowledged.value), "every acknowledged message is there")
        #expect(Set(said).count == said.count)
        try Promises(server: server, session: session).checkJournal()
    }

    @Test func idleSessionsSleepAndWakeUp() throws {
        let server = try TestServer(["HOLDFAST_LIMITS_SESSION_IDLE_TIME": "50ms"])
        let api = server.api
        let sessions = try (0..<20).map { _ in try api.newSession("say \(String(repeating: "word ", count: 50))") }
        let function: [String: Any] = [
            "type": "function", "name": "f", "description": "", "parameters": [String: Any](),
        ]
        let asking = try api.newSession("call f {}\nthen\nsay answered", tools: [function])
        try api.wait(asking, for: "requires_action")
        for session in sessions { try api.wait(session) }
        #expect(try api.metric("holdfast_sessions_live") >= 0)
        try eventually("all sessions sleep") { try api.metric("holdfast_sessions_live") == 0 }
        let reader = server.follow(sessions[0])
        try api.say("count", to: sessions[0])
        try api.wait(sessions[0])
        #expect(try api.items(of: sessions[0]).last?.messageText == "2")
        try Promises(server: server, session: sessions[0]).checkReader(reader)
        let call = try api.get("/v1/agents/sessions/\(asking)")["required_actions"][0]
        let result = API.result(of: call["call_id"].text ?? "", turn: call["turn_id"].text ?? "", "x")
        _ = try api.post("/v1/agents/sessions/\(asking)/events", result, status: 202)
        try api.wait(asking)
        #expect(try api.items(of: asking).last?.messageText == "answered")
        try eventually("they sleep again") { try api.metric("holdfast_sessions_live") == 0 }
    }
}
