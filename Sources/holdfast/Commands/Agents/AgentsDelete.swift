import ArgumentParser
import HoldfastCore

/// `holdfast agents delete`.
struct AgentsDelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete an agent; sessions that use it go on.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    @Argument(help: "The agent's id.")
    var agent: String

    func run() async throws {
        let answer = try await connection.withClient { try await $0.delete("/agents/\(Endpoint.escaped(agent))") }
        output.show(answer) { Terminal.line("Deleted \(agent).") }
    }
}
