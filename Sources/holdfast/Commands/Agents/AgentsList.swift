import ArgumentParser
import HoldfastCore

/// `holdfast agents list`.
struct AgentsList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List saved agents, newest first.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    @Option(help: "How many to show at most.")
    var limit = 50

    func run() async throws {
        let agents = try await connection.withClient { client in
            try await withProgress("Reading agents") { try await client.list("/agents", limit: limit) }
        }
        output.show(["object": "list", "data": .array(agents)]) {
            guard !agents.isEmpty else { return Terminal.line("No agents. Make one: holdfast agents create --model M") }
            var table = Table("id", "name", "model", "tools", "updated", "instructions")
            for agent in agents {
                table.add(
                    .init(agent.text("id"), .cyan), .init(agent.text("name")), .init(agent.text("model")),
                    .init("\(agent.list("tools").count)"), .init(Moments.ago(agent.number("updated_at"))),
                    .init(Text.oneLine(agent.text("instructions")), .dim))
            }
            table.lines().forEach { Terminal.line($0) }
        }
    }
}
