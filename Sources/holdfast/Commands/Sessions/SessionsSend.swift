import ArgumentParser
import HoldfastCore

/// `holdfast sessions send`.
struct SessionsSend: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send",
        abstract: "Send a message to a session.",
        discussion: """
            During a turn the message steers it: the model sees it at its next call. Give an --idempotency-key to be \
            able to repeat the command safely: the message is then taken once.
            """)

    @OptionGroup var connection: ConnectionOptions

    @OptionGroup var output: OutputOptions

    @Argument(help: "The session's id.")
    var session: String

    @Argument(help: "The message; '-' reads standard input.")
    var text: String

    @Option(help: "A name for this message, so that a repetition has no effect.")
    var idempotencyKey: String?

    @Flag(help: "Show the answer, and end when the session rests.")
    var wait = false

    func run() async throws {
        let message = SessionInput.message(text == "-" ? Self.input() : text)
        let key = idempotencyKey ?? "cli-\(UInt64.random(in: .min ... .max))"
        try await connection.withClient { client in
            guard wait else {
                try await client.send([message], to: session, idempotencyKey: key)
                return output.show(["session": .string(session), "accepted": true]) { Terminal.line("accepted") }
            }
            // The message is sent by the first connection, so that nothing of its turn is missed.
            let view = ChatView(isQuiet: true)
            let (connected, announce) = AsyncStream.makeStream(of: Void.self)
            let follower = EventFollower(client: client, session: session) { notice in
                SessionsTail.tell(notice)
                announce.finish()
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for await _ in connected {}
                    try await client.send([message], to: session, idempotencyKey: key)
                }
                var hasBegun = false
                try await follower.follow(from: .live) { event in
                    if event.kind.hasPrefix("turn.") { hasBegun = true }
                    guard hasBegun else { return true }
                    view.show(event)
                    return !EventLine.isResting(event)
                }
                try await group.waitForAll()
            }
        }
    }

    private static func input() -> String {
        var lines: [String] = []
        while let line = readLine(strippingNewline: true) { lines.append(line) }
        return lines.joined(separator: "\n")
    }
}
