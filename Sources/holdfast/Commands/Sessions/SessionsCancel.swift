import ArgumentParser
import HoldfastCore

/// `holdfast sessions cancel`.
struct SessionsCancel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Stop a session's turn in progress; the session stays usable.")

    @OptionGroup var connection: ConnectionOptions

    @OptionGroup var output: OutputOptions

    @Argument(help: "The session's id.")
    var session: String

    func run() async throws {
        try await connection.withClient { try await $0.send([SessionInput.cancel], to: session) }
        output.show(["session": .string(session), "accepted": true]) { Terminal.line("accepted") }
    }
}
