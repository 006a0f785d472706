import ArgumentParser
import HoldfastCore

/// The common task: a turn with one server-side tool call (message → model → tool → model → idle), a model without
/// delay, fsync on.
enum TurnBench {
    /// What the user's message makes the scripted model do.
    static let script = "call clock {}\nthen\nsay done"

    static func run(sessions: Int, options: BenchOptions) async throws -> BenchResult {
        try await BenchServer.with(options) { server, client in
            let ids = try await makeSessions(max(128, sessions * 16), client)
            let before = try await Reading(server)
            let body: JSON = [
                "events": [
                    [
                        "type": "agent.session.input.message",
                        "input": [
                            ["role": "user", "content": [["type": "input_text", "text": .string(script)]]]
                        ],
                    ]
                ]
            ]
            let load = try await TurnLoad.run(
                TurnLoad.Plan(
                    loops: sessions, sessions: ids, turnsPerSession: 20, port: server.process.port,
                    key: server.endpoint.key ?? "", body: body.text, seconds: options.seconds))
            let after = try await Reading(server)
            let turns = Double(load.latencies.count)
            let times = Latencies(load.latencies)
            return BenchResult(
                name: "turn, \(sessions) sessions",
                figures: [
                    ("sessions", Double(sessions)), ("turns", turns), ("turns_per_s", turns / load.seconds),
                    ("p50_ms", times.percentile(0.5)), ("p99_ms", times.percentile(0.99)),
                    ("commits_per_turn", (after.commits - before.commits) / turns),
                    ("syncs_per_turn", (after.syncs - before.syncs) / turns),
                    ("bytes_per_turn", (after.bytes - before.bytes) / turns),
                    ("server_cpu_us_per_turn", (after.cpu - before.cpu) / turns * 1e6),
                ])
        }
    }

    /// Sessions that are idle after a first turn.
    static func makeSessions(_ count: Int, _ client: APIClient) async throws -> [String] {
        let agent = try await client.post("/agents", ["model": "scripted", "name": "bench"])
        var ids: [String] = []
        for _ in 0..<count {
            let session = try await client.post(
                "/agents/sessions",
                ["agent_id": agent["id"] ?? nil, "environment": ["type": "none"], "input": "say ready"])
            ids.append(session["id"]?.string ?? "")
        }
        for id in ids { try await waitUntilIdle(id, client) }
        return ids
    }

    static func waitUntilIdle(_ id: String, _ client: APIClient) async throws {
        while try await client.get("/agents/sessions/\(id)")["status"]?.string != "idle" {
            try await Task.sleep(for: .milliseconds(1))
        }
    }

    /// Counters of the server at one moment.
    private struct Reading {
        var commits: Double
        var syncs: Double
        var bytes: Double
        var cpu: Double

        init(_ server: BenchServer) async throws {
            commits = try await server.metric("holdfast_session_commits_total")
            syncs = try await server.metric("holdfast_store_commits_total")
            bytes = try await server.metric("holdfast_store_body_bytes_total")
            cpu = server.processorTime
        }
    }
}

/// `holdfast bench turn`.
struct TurnCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "turn",
        abstract: "Turns with one server-side tool call, in parallel sessions.",
        discussion: """
            Each session gets its next message when its event stream says that it is idle, and after 20 turns another \
            session takes its place. commits_per_turn are the \
            commits that a turn waits for, one after another; syncs_per_turn are the disk syncs, which parallel \
            sessions share; bytes_per_turn are the bodies of the journal records.
            """)

    @Option(help: "Sessions that work at the same time.")
    var sessions = 64

    @OptionGroup var options: BenchOptions

    func validate() throws {
        guard (1...5_000).contains(sessions) else { throw ValidationError("--sessions must be between 1 and 5000.") }
    }

    func run() async throws {
        try await TurnBench.run(sessions: sessions, options: options).show(json: options.json)
    }
}
