import ArgumentParser
import HoldfastCore

/// Whether a turn costs the same when the conversation is long: bytes on disk and time, over one session's life.
enum GrowthBench {
    static func run(turns: Int, options: BenchOptions) async throws -> BenchResult {
        try await BenchServer.with(options) { server, client in
            let id = try await TurnBench.makeSessions(1, client)[0]
            var figures: [(String, Double)] = []
            var disk = try await databaseBytes(server)
            let quarter = max(1, turns / 4)
            for part in 1...4 {
                let start = TurnLoad.now()
                for _ in 0..<quarter { try await turn(id, client) }
                let time = Double(TurnLoad.now() - start) / 1e6
                let grown = try await databaseBytes(server)
                figures.append(("quarter_\(part)_bytes_per_turn", (grown - disk) / Double(quarter)))
                figures.append(("quarter_\(part)_ms_per_turn", time / Double(quarter)))
                disk = grown
            }
            return BenchResult(name: "growth, \(quarter * 4) turns in one session", figures: figures)
        }
    }

    /// The size of the database once everything in its log is moved into it, as an orderly stop does.
    private static func databaseBytes(_ server: BenchServer) async throws -> Double {
        try await server.process.stop()
        let bytes = server.diskBytes
        _ = try await server.process.start()
        return bytes
    }

    static func turn(_ id: String, _ client: APIClient) async throws {
        _ = try await client.post(
            "/agents/sessions/\(id)/events",
            [
                "events": [
                    [
                        "type": "agent.session.input.message",
                        "input": [
                            ["role": "user", "content": [["type": "input_text", "text": .string(TurnBench.script)]]]
                        ],
                    ]
                ]
            ])
        try await TurnBench.waitUntilIdle(id, client)
    }
}

/// `holdfast bench growth`.
struct GrowthCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "growth", abstract: "Bytes and time of a turn while one conversation grows.")

    @Option(help: "Turns of the conversation.")
    var turns = 1_000

    @OptionGroup var options: BenchOptions

    func run() async throws {
        try await GrowthBench.run(turns: turns, options: options).show(json: options.json)
    }
}
