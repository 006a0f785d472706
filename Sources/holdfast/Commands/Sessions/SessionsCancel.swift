import ArgumentParser
import HoldfastCore

/// `holdfast sessions cancel`.
struct SessionsCancel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Stop a session's turn in progress; the session stays usable.")

    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "The session's id.")
    var session: String

    func run() async throws {
        try await connection.withClient { try await $0.send([SessionInput.cancel], to: session) }
    }
}
