import ArgumentParser
import HoldfastCore

/// `holdfast sessions delete`.
struct SessionsDelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete a session with its files. A session at work must be cancelled first.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    @Argument(help: "The session's id.")
    var session: String

    func run() async throws {
        let answer = try await connection.withClient { try await $0.delete(ConnectionOptions.path(session: session)) }
        output.show(answer) { Terminal.line("Deleted \(session).") }
    }
}
