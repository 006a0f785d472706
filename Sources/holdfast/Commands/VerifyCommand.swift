import ArgumentParser
import HoldfastCore
import HoldfastServer

/// `holdfast verify`.
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check everything that a data directory holds.",
        discussion: """
            Reads every journal: checksums, sequence numbers without gaps, snapshots that equal the refolded journal, \
            and open work that matches what the catalog says. It also works beside a running server, whose newest \
            commits may then not be covered. The exit status is 1 when anything is wrong.
            """)

    @Option(help: "The data directory.")
    var data = Terminal.environment("HOLDFAST_DATA") ?? ".holdfast"

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let directory = data
        let report = try await withProgress("Checking \(directory)") {
            try StoreVerification.run(directory: directory)
        }
        try Self.show(report, output: output)
    }

    /// Prints the outcome and ends with status 1 when there are problems.
    private static func show(_ report: StoreVerification.Report, output: OutputOptions) throws {
        let (sessions, records, problems) = (report.sessions, report.records, report.problems)
        let list = problems.map { problem -> JSON in
            ["place": .string(problem.place), "detail": .string(problem.detail)]
        }
        let summary: JSON = [
            "sessions": .integer(Int64(sessions)), "records": .integer(Int64(records)), "problems": .array(list),
        ]
        output.show(summary) {
            let read = "\(Text.count(records, "record")) of \(Text.count(sessions, "session"))"
            guard !problems.isEmpty else { return Terminal.line("\(Style.green("✔")) \(read): all is well.") }
            var table = Table("place", "problem")
            for problem in problems { table.add(.init(problem.place, .cyan), .init(problem.detail)) }
            table.lines().forEach { Terminal.line($0) }
            Terminal.line("\(Style.red("✖")) \(read): \(Text.count(problems.count, "problem")).")
        }
        if !problems.isEmpty { throw ExitCode.failure }
    }
}
