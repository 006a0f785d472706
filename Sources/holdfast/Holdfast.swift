import ArgumentParser

/// The program.
@main
struct Holdfast: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "holdfast",
        abstract: "A durable runtime for AI agents: sessions that outlive crashes, deploys and months of waiting.",
        discussion: """
            Start a server:            holdfast serve
            See it survive kill -9:    holdfast demo
            Talk to an agent:          holdfast chat
            Make a key for an SDK:     holdfast keys create

            Commands that talk to a server use the Unix socket of its data directory (--data DIR, default .holdfast), \
            which needs no key. To reach a server over HTTP give --url and --key, or set HOLDFAST_BASE_URL and \
            HOLDFAST_API_KEY.

            Output is for people; --json is for programs. Colours appear on a terminal only, and never with NO_COLOR \
            set. The exit status is 0 when all is well, 1 when something failed, 64 when the command line is wrong.
            """,
        version: Version.text,
        groupedSubcommands: [
            CommandGroup(name: "Running a server", subcommands: [ServeCommand.self, DemoCommand.self]),
            CommandGroup(
                name: "Working with agents",
                subcommands: [ChatCommand.self, AgentsCommand.self, SessionsCommand.self]),
            CommandGroup(
                name: "Looking after it",
                subcommands: [
                    KeysCommand.self, UsageCommand.self, VerifyCommand.self, DoctorCommand.self, BenchCommand.self,
                ]),
        ])
}
