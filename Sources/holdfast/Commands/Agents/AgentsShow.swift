import ArgumentParser
import HoldfastCore

/// `holdfast agents show`.
struct AgentsShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show one agent.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    @Argument(help: "The agent's id.")
    var agent: String

    func run() async throws {
        let found = try await connection.withClient { try await $0.get("/agents/\(Endpoint.escaped(agent))") }
        output.show(found) { Self.print(found) }
    }

    /// Prints an agent for a person.
    static func print(_ agent: JSON) {
        Details.print([
            ("id", agent.text("id")), ("name", agent.text("name")), ("model", agent.text("model")),
            ("created", Moments.stamp(milliseconds: agent.number("created_at") * 1_000)),
            ("updated", Moments.stamp(milliseconds: agent.number("updated_at") * 1_000)),
            ("metadata", Details.pairs(agent["metadata"])),
            ("instructions", agent.text("instructions")),
        ])
        for tool in agent.list("tools") {
            let name = tool["name"]?.string ?? tool["server_label"]?.string ?? ""
            Terminal.line("  tool          \(tool.text("type")) \(Text.safe(name))")
        }
    }
}
