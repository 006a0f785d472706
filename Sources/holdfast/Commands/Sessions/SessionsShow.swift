import ArgumentParser
import HoldfastCore

/// `holdfast sessions show`.
struct SessionsShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one session: its state, what it waits for, and its newest items.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    @Argument(help: "The session's id.")
    var session: String

    @Option(help: "How many of the newest items to show.")
    var items = 10

    func run() async throws {
        let (found, newest) = try await connection.withClient { client in
            let found = try await client.get(ConnectionOptions.path(session: session))
            let path = ConnectionOptions.path(session: session, "/items")
            let newest = items > 0 ? try await client.list(path, query: [("order", "desc")], limit: items) : []
            return (found, newest)
        }
        output.show(found) {
            Self.print(found)
            if !newest.isEmpty { Terminal.line() }
            newest.reversed().forEach { Terminal.line("  " + ItemLine.text($0, width: Terminal.width - 2)) }
        }
    }

    private static func print(_ session: JSON) {
        let status = session.text("status")
        let agent = session["agent"] ?? .null
        let environment = session["environment"] ?? .null
        var pairs = [
            ("id", session.text("id")), ("status", SessionStatus.style(status)(status)),
            ("agent", "\(agent["name"]?.string ?? "–") (\(agent.text("id")))"), ("model", agent.text("model")),
            ("environment", environment.text("type")),
            ("created", Moments.stamp(milliseconds: session.number("created_at") * 1_000)),
            ("last active", Moments.ago(session.number("last_active_at"))),
            ("usage", Details.usage(session["usage"])), ("metadata", Details.pairs(session["metadata"])),
        ]
        if let error = session["error"]?.string { pairs.append(("error", Style.red(Text.safe(error)))) }
        for action in session.list("required_actions") {
            let text = "\(action.text("type")) \(action["name"]?.string ?? "") \(action["arguments"]?.text ?? "")"
            pairs.append(("waits for", Style.yellow(Text.safe(text))))
        }
        Details.print(pairs)
    }
}
