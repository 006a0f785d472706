import ArgumentParser
import HoldfastCore

/// `holdfast bench all`.
struct BenchAll: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "all", abstract: "Run every measurement.")

    @OptionGroup var options: BenchOptions

    func run() async throws {
        var results: [BenchResult] = []
        func measure(_ what: String, _ body: () async throws -> BenchResult) async throws {
            Terminal.note("Measuring \(what) …")
            let result = try await body()
            results.append(result)
            if !options.json { result.show(json: false) }
        }
        try await measure("the disk") { try DiskBench.run(options) }
        try await measure("turns, 1 session") { try await TurnBench.run(sessions: 1, options: options) }
        try await measure("turns, 64 sessions") { try await TurnBench.run(sessions: 64, options: options) }
        try await measure("growth") { try await GrowthBench.run(turns: 1_000, options: options) }
        try await measure("wake-ups") { try await WakeBench.run(events: 1_000, options: options) }
        try await measure("sleeping sessions") { try await SleepersBench.run(sessions: 100_000, options: options) }
        try await measure("open streams") {
            try await StreamsBench.run(streams: 10_000, readers: 1_000, options: options)
        }
        let disk = results[0]["fdatasync_p50_ms"]
        let ratio = results[1]["p50_ms"] / (4 * disk)
        if options.json {
            print(JSON.array(results.map(\.json)).text)
        } else {
            print("a turn's p50 is \(BenchResult.text(ratio)) times four syncs of this disk")
        }
    }
}
