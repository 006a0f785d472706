import ArgumentParser
import HoldfastCore

/// `holdfast sessions list`.
struct SessionsList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List sessions, newest first.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    @Option(help: "Only sessions of this agent.")
    var agent: String?

    @Option(help: "How many to show at most.")
    var limit = 50

    func run() async throws {
        let sessions = try await connection.withClient { client in
            try await withProgress("Reading sessions") {
                try await client.list("/agents/sessions", query: [("agent_id", agent)], limit: limit)
            }
        }
        output.show(["object": "list", "data": .array(sessions)]) {
            guard !sessions.isEmpty else { return Terminal.line("No sessions. Begin one: holdfast chat") }
            var table = Table("id", "status", "model", "active", "environment", "agent")
            for session in sessions {
                let agent = session["agent"] ?? .null
                table.add(
                    .init(session.text("id"), .cyan), SessionStatus.cell(session.text("status")),
                    .init(agent.text("model")), .init(Moments.ago(session.number("last_active_at"))),
                    .init(session["environment"]?.text("type") ?? "–"),
                    .init(agent["name"]?.string.map(Text.safe) ?? agent.text("id"), .dim))
            }
            table.lines().forEach { Terminal.line($0) }
        }
    }
}

/// How a session's status looks.
enum SessionStatus {
    static func cell(_ status: String) -> Table.Cell { Table.Cell(status, style(status)) }

    static func style(_ status: String) -> Style {
        switch status {
        case "in_progress": .green
        case "requires_action": .yellow
        case "failed", "budget_reached": .red
        default: .plain
        }
    }
}
