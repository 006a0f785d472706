import ArgumentParser

/// `holdfast bench`.
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure the real server on this machine.",
        discussion: """
            Every measurement starts a server process of its own with a fresh data directory, real SQLite and fsync, \
            and talks to it over HTTP. Without a subcommand all of them run and a table is printed. Measure on an idle \
            machine, and compare ratios of one run, not numbers of two.
            """,
        subcommands: [
            BenchAll.self, TurnCommand.self, GrowthCommand.self, WakeCommand.self, SleepersCommand.self,
            StreamsCommand.self,
        ],
        defaultSubcommand: BenchAll.self)
}

/// How long and how a measurement runs.
struct BenchOptions: ParsableArguments {
    @Option(help: "Seconds that a measurement of a rate takes.")
    var seconds = 5.0

    @Flag(help: "Print JSON.")
    var json = false

    @Option(help: "Where the data directories are made; the disk that is measured. [default: the system's]")
    var scratch: String?

    func validate() throws {
        guard seconds > 0, seconds <= 3_600 else { throw ValidationError("--seconds must be between 0 and 3600.") }
    }
}
