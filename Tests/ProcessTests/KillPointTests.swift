import Glibc
import Testing

#if DEBUG
    /// Kill at every write: the server dies before and after each of its journal commits while a turn runs two tools
    /// and is steered.
    @Suite(.ownThread)
    struct KillPointTests {
        enum Moment: String, CaseIterable, Sendable {
            case before, after
        }

        @Test(arguments: Moment.allCases)
        func theServerIsKilledAtEveryCommit(_ moment: Moment) throws {
            var commit = 1
            while try Self.isKilled(at: commit, moment) { commit += 1 }
            #expect(commit > 6, "a turn with two tools and a steer has more commits than \(commit - 1)")
        }

        /// Runs the turn on a server that dies at a commit.
        /// - Returns: `false` when the server lived to the end.
        private static func isKilled(at commit: Int, _ moment: Moment) throws -> Bool {
            let point = "\(commit):\(moment)"
            do {
                let server = try TestServer(first: ["HOLDFAST_TEST_KILL_AT_COMMIT": point])
                let keeper = Keeper(server, moment)
                let session = try keeper.asking { try server.api.newSession(nil, hosted: true) }
                let reader = server.follow(session)
                let work =
                    "call shell {\"command\": \"echo token >> ran; sleep 0.05\"}\ncall clock\n"
                    + "then\nwait 100\nsay worked"
                try keeper.say(work, to: session, key: "work")
                try keeper.asking {
                    try eventually("the command's item") {
                        guard server.isRunning else { throw Socket.Closed() }
                        return reader.events.contains { $0.json["item"]["type"].text == "command_execution" }
                    }
                }
                try keeper.say("say steered", to: session, key: "steer")
                try keeper.asking { try server.api.wait(session) }
                let promises = Promises(server: server, session: session)
                try promises.checkAnswered(work)
                try promises.checkAnswered("say steered")
                try promises.checkToken("token")
                try promises.checkClosed()
                try promises.checkJournal()
                try promises.checkReader(reader)
                return keeper.restarts > 0
            } catch {
                throw Failure("killed at commit \(point): \(error)")
            }
        }
    }

    /// Asks a server that is killed, and starts it again: first so that it dies once more in the midst of its recovery.
    private final class Keeper {
        private let server: TestServer
        private let moment: KillPointTests.Moment
        private(set) var restarts = 0

        init(_ server: TestServer, _ moment: KillPointTests.Moment) {
            self.server = server
            self.moment = moment
        }

        func say(_ text: String, to session: String, key: String) throws {
            try asking {
                let path = "/v1/agents/sessions/\(session)/events"
                _ = try server.api.post(path, API.message(text), headers: ["idempotency-key": key], status: 202)
            }
        }

        /// Repeats what is asked when the connection ended with the process.
        func asking<Value>(_ body: () throws -> Value) throws -> Value {
            while true {
                do {
                    return try body()
                } catch is Socket.Closed {
                    try restart()
                }
            }
        }

        private func restart() throws {
            try expectKill()
            restarts += 1
            guard restarts == 1 else { return try server.start() }
            do {
                try server.start(["HOLDFAST_TEST_KILL_AT_COMMIT": "1:\(moment)"])
            } catch {
                try expectKill()
                try server.start()
            }
        }

        private func expectKill() throws {
            let ending = try server.child?.wait()
            guard ending == .signal(SIGKILL) else { throw Failure("the server ended with \(ending as Any)") }
        }
    }
#endif
