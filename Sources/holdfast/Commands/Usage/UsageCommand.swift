import ArgumentParser
import HoldfastCore

/// `holdfast usage`.
struct UsageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "usage",
        abstract: "Show what inferences used: tokens, cost and times.",
        discussion: """
            One line for each group, stateless requests and model calls of sessions together. With a key it is that \
            key's project; over the local socket all projects. A '~' marks sums with estimated tokens in them.

              holdfast usage --group-by model,target --since 24h
            """)

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    @Option(help: "day, hour, project, key, route, target, model, session, operation or outcome; several with commas.")
    var groupBy = "model"

    @Option(help: "Only what began in this last time: 90m, 24h or 7d.")
    var since: String?

    func validate() throws {
        if let since, Self.seconds(since) == nil { throw ValidationError("--since is a time like 90m, 24h or 7d.") }
    }

    func run() async throws {
        let groups = groupBy.split(separator: ",").map(String.init)
        let start = since.flatMap(Self.seconds).map { String(Moments.now - $0) }
        let sums = try await connection.withClient { client in
            try await client.list("/usage", query: [("group_by", groupBy), ("start_time", start)])
        }
        output.show(["object": "list", "data": .array(sums)]) {
            guard !sums.isEmpty else { return Terminal.line("No inferences.") }
            // In the order of the answer, which is the server's.
            let shown = (sums[0].object?.members.map(\.name) ?? []).filter(groups.contains)
            var table = Table(titles: shown + ["calls", "failed", "input", "cached", "output", "cost", "avg ms"])
            for sum in sums { table.add(shown.map { Self.group($0, sum) } + Self.numbers(sum)) }
            table.lines().forEach { Terminal.line($0) }
        }
    }

    private static func group(_ name: String, _ sum: JSON) -> Table.Cell {
        guard name == "day" || name == "hour" else {
            let text = sum.text(name)
            return Table.Cell(text.isEmpty ? "–" : Text.safe(text), .cyan)
        }
        let stamp = Moments.utc(sum.number(name))
        return Table.Cell(name == "day" ? String(stamp.prefix(10)) : stamp)
    }

    private static func numbers(_ sum: JSON) -> [Table.Cell] {
        let mark = sum.number("estimated") > 0 ? "~" : ""
        return [
            .init("\(sum.number("inferences"))"),
            .init("\(sum.number("failed") + sum.number("cancelled"))"),
            .init("\(mark)\(sum.number("input_tokens"))"), .init("\(sum.number("cached_tokens"))"),
            .init("\(mark)\(sum.number("output_tokens"))"), .init(dollars(sum.number("cost_micros"))),
            .init("\(sum.number("latency_ms"))"),
        ]
    }

    /// `$1.234567` for millionths of a dollar.
    static func dollars(_ micros: Int64) -> String {
        let rest = String(micros % 1_000_000)
        return "$\(micros / 1_000_000).\(String(repeating: "0", count: 6 - rest.count))\(rest)"
    }

    static func seconds(_ text: String) -> Int64? {
        let factors: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
        guard let last = text.last, let factor = factors[last], let number = Int64(text.dropLast()),
            0...1_000_000 ~= number
        else { return nil }
        return number * factor
    }
}
