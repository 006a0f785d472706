import ArgumentParser
import HoldfastCore

/// `holdfast sessions tail`.
struct SessionsTail: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail",
        abstract: "Follow a session's events, also across restarts of the server.",
        discussion: """
            Without an option only new events are shown. A broken connection is made again and goes on after the last \
            event, so that none is missed and none is shown twice. With --json every line is one event.
            """)

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    @Argument(help: "The session's id.")
    var session: String

    @Flag(help: "Begin with the session's first event.")
    var fromStart = false

    @Option(help: "Begin after the event with this id.")
    var after: String?

    @Flag(help: "End when the session is idle, has failed, or waits for somebody.")
    var untilIdle = false

    func run() async throws {
        let start: EventFollower.Start = after.map { .after($0) } ?? (fromStart ? .beginning : .live)
        try await connection.withClient { client in
            let follower = EventFollower(client: client, session: session, notice: Self.tell)
            try await follower.follow(from: start) { event in
                if output.json {
                    Terminal.line(event.body.text)
                } else if let line = EventLine.text(event, width: Terminal.width) {
                    Terminal.line(line)
                }
                return !(untilIdle && EventLine.isResting(event))
            }
        }
    }

    /// Tells a person about the connection.
    @Sendable static func tell(_ notice: EventFollower.Notice) {
        switch notice {
        case .connected(isAgain: false): break
        case .connected(isAgain: true): Terminal.note(Style.dim("— connected again"))
        case .lost(let reason): Terminal.note(Style.yellow("— \(reason); trying again"))
        }
    }
}
