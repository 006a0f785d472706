import ArgumentParser

/// `holdfast sessions`.
struct SessionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sessions",
        abstract: "List, show, follow, steer, inspect and delete sessions.",
        discussion: """
            A session is one living instance of an agent: its history, its files, its open calls. It goes on where it \
            was after a crash or a restart, however long ago that was.
            """,
        subcommands: [
            SessionsList.self, SessionsShow.self, SessionsTail.self, SessionsSend.self, SessionsCancel.self,
            SessionsJournal.self, SessionsDelete.self,
        ],
        defaultSubcommand: SessionsList.self)
}

extension ConnectionOptions {
    /// The path of a session.
    static func path(session: String, _ rest: String = "") -> String {
        "/agents/sessions/\(Endpoint.escaped(session))\(rest)"
    }
}
