import ArgumentParser
import HoldfastCore

/// What many sleeping sessions cost: memory, and time to start.
enum SleepersBench {
    static func run(sessions: Int, options: BenchOptions) async throws -> BenchResult {
        try await BenchServer.with(options, settings: ["HOLDFAST_LIMITS_SESSION_IDLE_TIME": "1s"]) { server, client in
            let agent = try await client.post("/agents", ["model": "scripted"])
            let body: JSON = ["agent_id": agent["id"] ?? nil, "environment": ["type": "none"], "input": "say ready"]
            let begin = TurnLoad.now()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<32 {
                    let share = sessions / 32 + (worker < sessions % 32 ? 1 : 0)
                    group.addTask {
                        for _ in 0..<share { _ = try await client.post("/agents/sessions", body) }
                    }
                }
                try await group.waitForAll()
            }
            let created = Double(TurnLoad.now() - begin) / 1e9
            while try await server.metric("holdfast_sessions_live") > 0 {
                try await Task.sleep(for: .milliseconds(100))
            }
            // Freed memory goes back to the system a moment later.
            var asleep = server.residentMemory
            var before = Double.infinity
            while asleep < before * 0.99 {
                before = asleep
                try await Task.sleep(for: .milliseconds(500))
                asleep = server.residentMemory
            }
            try await server.process.stop()
            let restart = try await server.process.start().components
            return BenchResult(
                name: "\(sessions) sleeping sessions",
                figures: [
                    ("sessions_created_per_s", Double(sessions) / created), ("memory_after_mb", asleep / 1e6),
                    ("restart_to_ready_s", Double(restart.seconds) + Double(restart.attoseconds) / 1e18),
                    ("memory_restarted_mb", server.residentMemory / 1e6),
                    ("disk_bytes_per_session", server.diskBytes / Double(sessions)),
                ])
        }
    }
}

/// `holdfast bench sleepers`.
struct SleepersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sleepers", abstract: "Memory and start time with many sleeping sessions.")

    @Option(help: "Sessions to make.")
    var sessions = 100_000

    @OptionGroup var options: BenchOptions

    func run() async throws {
        try await SleepersBench.run(sessions: sessions, options: options).show(json: options.json)
    }
}
