import ArgumentParser

/// `holdfast keys`.
struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Create, list and revoke API keys.",
        discussion: """
            A key belongs to a project and sees that project only. It is shown once, when it is made; the server keeps \
            its SHA-256. The commands work with a running server and, when none runs, on the data directory itself.
            """,
        subcommands: [KeysCreate.self, KeysList.self, KeysRevoke.self],
        defaultSubcommand: KeysList.self)
}
