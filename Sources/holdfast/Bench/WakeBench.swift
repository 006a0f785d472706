import ArgumentParser
import HoldfastCore

/// How long it takes until a session that sleeps on the disk has accepted a message.
enum WakeBench {
    static func run(events: Int, options: BenchOptions) async throws -> BenchResult {
        // Sessions fall asleep at once, so that every message wakes one.
        let settings = ["HOLDFAST_LIMITS_SESSION_IDLE_TIME": "1ms"]
        return try await BenchServer.with(options, settings: settings) { server, client in
            let id = try await TurnBench.makeSessions(1, client)[0]
            while try await client.get(
                "/agents/sessions/\(id)/journal", query: [("after", "\(events - 1)"), ("limit", "1")]
            )
            .list("data").isEmpty {
                try await GrowthBench.turn(id, client)
            }
            var times: [Int64] = []
            var woken: [Int64] = []
            for _ in 0..<30 {
                while try await server.metric("holdfast_sessions_live") > 0 {
                    try await Task.sleep(for: .milliseconds(20))
                }
                let start = TurnLoad.now()
                // An update with nothing to change loads the session and answers when it is there.
                _ = try await client.post("/agents/sessions/\(id)", [:])
                times.append(TurnLoad.now() - start)
                let again = TurnLoad.now()
                _ = try await client.post("/agents/sessions/\(id)", [:])
                woken.append(TurnLoad.now() - again)
            }
            let asleep = Latencies(times)
            let awake = Latencies(woken)
            return BenchResult(
                name: "wake of a session with \(events) events",
                figures: [
                    ("request_asleep_p50_ms", asleep.percentile(0.5)), ("request_awake_p50_ms", awake.percentile(0.5)),
                    ("wake_p50_ms", asleep.percentile(0.5) - awake.percentile(0.5)),
                ])
        }
    }
}

/// `holdfast bench wake`.
struct WakeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wake", abstract: "The time to wake a session that sleeps on the disk.")

    @Option(help: "Events in the session's journal.")
    var events = 1_000

    @OptionGroup var options: BenchOptions

    func run() async throws {
        try await WakeBench.run(events: events, options: options).show(json: options.json)
    }
}
