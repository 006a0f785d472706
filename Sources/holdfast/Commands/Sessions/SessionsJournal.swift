import ArgumentParser
import HoldfastCore

/// `holdfast sessions journal`.
struct SessionsJournal: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "journal",
        abstract: "Print a session's journal, the immutable record of everything that happened to it.",
        discussion: "Each line is one record: its number, when, what kind, and its content. With --json, JSON lines.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    @Argument(help: "The session's id.")
    var session: String

    @Option(help: "Begin after the record with this number.")
    var after: Int64 = 0

    @Option(help: "How many records to print; all when left out.")
    var limit: Int?

    func run() async throws {
        try await connection.withClient { client in
            var last = after
            var rest = limit ?? .max
            while rest > 0 {
                let page = try await client.journal(of: session, after: last, limit: min(100, rest))
                for record in page.list("data") { output.show(record) { Self.print(record) } }
                rest -= page.list("data").count
                guard page["has_more"]?.bool == true, let end = page.list("data").last else { return }
                last = end.number("seq")
            }
        }
    }

    private static func print(_ record: JSON) {
        let start =
            Text.padLeft("\(record.number("seq"))", to: 6) + "  " + Moments.stamp(milliseconds: record.number("at"))
        let kind = Text.pad(record.text("kind"), to: 24)
        let body = Text.safe(record["body"]?.text ?? "")
        Terminal.line("\(Style.dim(start))  \(kind)  \(Text.cut(body, to: max(20, Terminal.width - 60)))")
    }
}

extension APIClient {
    /// A page of a session's journal.
    func journal(of session: String, after seq: Int64, limit: Int = 100) async throws -> JSON {
        let query: [(String, String?)] = [("after", "\(seq)"), ("limit", "\(limit)")]
        return try await get(ConnectionOptions.path(session: session, "/journal"), query: query)
    }
}
