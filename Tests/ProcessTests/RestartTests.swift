import Glibc
import Testing

/// Waiting is not dying: the server is killed while a turn waits, and the turn goes on.
@Suite(.ownThread)
struct RestartTests {
    private static var function: [String: Any] {
        let parameters: [String: Any] = ["type": "object", "properties": [String: Any]()]
        return [
            "type": "function", "name": "lookup", "description": "Looks a word up.", "parameters": parameters,
        ]
    }

    @Test func aTurnWaitsForAFunctionResult() throws {
        let server = try TestServer()
        let session = try server.api.newSession(
            "call lookup {\"word\": \"key\"}\nthen\nrecall secret-(\\w+)", tools: [Self.function])
        let reader = server.follow(session)
        try server.api.wait(session, for: "requires_action")
        let call = try server.api.get("/v1/agents/sessions/\(session)")["required_actions"][0]
        for _ in 0..<2 {
            try server.killAndRestart()
            let again = try server.api.get("/v1/agents/sessions/\(session)")
            #expect(again["status"].text == "requires_action")
            #expect(again["required_actions"][0]["call_id"].text == call["call_id"].text)
        }
        let result = API.result(of: call["call_id"].text ?? "", turn: call["turn_id"].text ?? "", "secret-found")
        _ = try server.api.post("/v1/agents/sessions/\(session)/events", result, status: 202)
        try server.killAndRestart()
        try server.api.wait(session)
        #expect(try server.api.items(of: session).last?.messageText == "found")
        try Promises(server: server, session: session).checkReader(reader)
        #expect(reader.connections >= 2)
    }

    @Test func aTurnStreams() throws {
        let server = try TestServer()
        let session = try server.api.newSession("slow 15\nrepeat 60 say word")
        let reader = server.follow(session)
        try eventually("some deltas came") { reader.events.count { $0.name.hasSuffix("output_text.delta") } > 10 }
        try server.killAndRestart()
        try server.api.wait(session)
        let promises = Promises(server: server, session: session)
        try promises.checkReader(reader)
        try promises.checkJournal()
        let answers = try server.api.items(of: session).filter { $0.isMessage(of: "assistant") }
        #expect(answers.map { $0["status"].text } == ["incomplete", "completed"])
        #expect(answers.last?.messageText == Array(repeating: "word", count: 60).joined(separator: " "))
        let items = reader.events.filter { $0.name.contains(".turn.item.") }
            .filter { $0.json["item"].isMessage(of: "assistant") }
        #expect(items.map { String($0.name.split(separator: ".").last ?? "") } == ["added", "done", "added", "done"])
        #expect(items.map { $0.json["item"]["id"].text } == answers.flatMap { [$0["id"].text, $0["id"].text] })
        #expect(items[1].json["item"]["status"].text == "incomplete")
    }

    @Test func aTurnRunsACommand() throws {
        let server = try TestServer()
        let session = try server.api.newSession(
            "call shell {\"command\": \"echo token >> ran; sleep 4567.25\"}\nthen\nrecall (outcome unknown)",
            hosted: true)
        let reader = server.follow(session)
        try eventually("the command runs") { server.workspaceFile("ran", of: session) == "token\n" }
        try server.killAndRestart()
        try server.api.wait(session)
        let items = try server.api.items(of: session)
        #expect(items.first { $0["type"].text == "command_execution" }?.isUnknown == true)
        #expect(items.last?.messageText == "outcome unknown", "the model is told")
        let promises = Promises(server: server, session: session)
        try promises.checkToken("token")
        try promises.checkReader(reader)
        try eventually("nothing of the command is left") { try !Self.isRunning("4567.25") }
        #expect(try server.api.metric("holdfast_tool_outcomes_unknown_total") == 1)
    }

    @Test func aTurnWaitsForARetry() throws {
        let server = try TestServer([
            "HOLDFAST_LIMITS_MODEL_RETRY_BASE": "600ms", "HOLDFAST_LIMITS_MODEL_ATTEMPTS": "3",
        ])
        let session = try server.api.newSession("fail 503")
        let reader = server.follow(session)
        try eventually("an attempt failed") { try Self.failures(server, session).count == 1 }
        try server.killAndRestart()
        #expect(try server.api.status(of: session) == "in_progress")
        try server.api.wait(session)
        let turn = try server.api.get("/v1/agents/sessions/\(session)/turns")["data"][0]
        #expect(turn["status"].text == "failed")
        let failures = try Self.failures(server, session)
        #expect(failures.count == 2 && failures.allSatisfy { $0["body"]["counted"].flag == true })
        let times = failures.compactMap { $0["at"].integer }
        #expect(times[1] >= (failures[0]["body"]["retry_at"].integer ?? .max), "the wait was kept")
        try server.api.say("say still here", to: session)
        try server.api.wait(session)
        #expect(try server.api.items(of: session).last?.messageText == "still here")
        try Promises(server: server, session: session).checkReader(reader)
    }

    #if DEBUG
        @Test func anEnvironmentIsBeingPrepared() throws {
            let server = try TestServer(first: ["HOLDFAST_TEST_KILL_AT_COMMIT": "2:before"])
            // Whether the answer still comes is a matter of microseconds; the session is on the disk.
            _ = try? server.api.newSession(
                "call shell {\"command\": \"echo token >> ran\"}\nthen\nsay ready", hosted: true)
            #expect(try server.child?.wait() == .signal(SIGKILL))
            try server.start()
            let session = try server.api.get("/v1/agents/sessions")["data"][0]["id"].text ?? ""
            try server.api.wait(session)
            #expect(try server.api.items(of: session).last?.messageText == "ready")
            let promises = Promises(server: server, session: session)
            try promises.checkToken("token")
            try promises.checkJournal()
            let log = try promises.log()
            #expect(log.count { $0.name == "agent.session.environment.connected" } == 1)
        }
    #endif

    /// A process that is killed while it starts a command leaves a child that holds its files open for a moment.
    @Test func theLockOfAKilledServerIsWaitedFor() throws {
        let server = try TestServer()
        let session = try server.api.newSession("say hello")
        try server.api.wait(session)
        try server.kill()
        let script = "use Fcntl ':flock'; open(F, '+<', $ARGV[0]); flock(F, LOCK_EX); print STDERR 'held'; sleep 1;"
        let held = server.directory.path + "/held"
        let holder = try Child(
            "/usr/bin/env", ["perl", "-e", script, server.data + "/holdfast.lock"],
            environment: TestServer.environment, output: "/dev/null", errors: held)
        try eventually("the lock is held") { (try? Files.text(held)) == "held" }
        try server.start()
        #expect(try server.api.items(of: session).last?.messageText == "hello")
        #expect(try holder.wait() == .exit(0))
    }

    private static func failures(_ server: TestServer, _ session: String) throws -> [JSONValue] {
        try server.api.journal(of: session).filter { $0["kind"].text == "model.attempt_failed" }
    }

    /// Whether any process has this argument.
    private static func isRunning(_ argument: String) throws -> Bool {
        guard let directory = opendir("/proc") else { throw Failure("no /proc") }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard name.allSatisfy(\.isNumber), let line = try? Files.text("/proc/\(name)/cmdline") else { continue }
            if line.hasPrefix("sleep"), line.contains(argument) { return true }
        }
        return false
    }
}
