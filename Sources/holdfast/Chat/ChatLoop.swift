import HoldfastCore

/// A chat with one session: what is typed goes there, what happens there is shown.
struct ChatLoop: Sendable {
    let client: APIClient
    let session: String
    let state: ChatState
    /// How to go on with the session later.
    let hint: String

    static let prompt = Style.cyan("› ")
    static let help = "/cancel stops the turn, /status shows the session, /quit leaves; the session stays."

    /// Runs until the person leaves, or, without a terminal, until the last line is answered.
    func run(_ input: LineInput, from start: EventFollower.Start) async throws {
        let hint = hint
        let interrupt = Interrupt {
            Terminal.line("\n" + Style.dim(hint))
            return 130
        }
        defer { interrupt.remove() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await listen(from: start) }
            let lines = input.lines
            group.addTask { try await type(lines) }
            _ = try await group.next()
            group.cancelAll()
        }
        Terminal.line(Style.dim(hint))
    }

    private func listen(from start: EventFollower.Start) async throws {
        let view = ChatView()
        let state = state
        let follower = EventFollower(client: client, session: session) { notice in
            switch notice {
            case .connected(let isAgain):
                state.setConnected(true)
                if isAgain { Terminal.note(Style.dim("— connected again; the session goes on")) }
            case .lost(let reason):
                state.setConnected(false)
                Terminal.note("\n" + Style.yellow("— \(reason); trying again"))
            }
        }
        try await follower.follow(from: start) { event in
            view.show(event)
            if state.note(event), Terminal.isInputInteractive {
                view.endLine()
                Terminal.write(Self.prompt)
            }
            return true
        }
    }

    private func type(_ lines: AsyncStream<String>) async throws {
        if state.isResting, Terminal.isInputInteractive { Terminal.write(Self.prompt) }
        for await line in lines {
            if !Terminal.isInputInteractive { try await rest() }
            guard try await take(line) else { return }
        }
        try await rest()
    }

    /// Does what a line says; `false` to leave.
    private func take(_ line: String) async throws -> Bool {
        switch line.drop(while: \.isWhitespace) {
        case "/quit", "/exit": return false
        case "": break
        case "/cancel": try await send(SessionInput.cancel)
        case "/status": try await status()
        case let text where text.hasPrefix("/"): Terminal.line(Self.help)
        default:
            let message = state.takeCall().map { SessionInput.result(of: $0, output: line) }
            state.willSend()
            return try await send(message ?? SessionInput.message(line))
        }
        if state.isResting, Terminal.isInputInteractive { Terminal.write(Self.prompt) }
        return true
    }

    /// Sends, waiting for a server that is away; a refusal is shown. The key makes a repetition harmless.
    @discardableResult
    private func send(_ event: JSON) async throws -> Bool {
        let key = "chat-\(UInt64.random(in: .min ... .max))"
        for attempt in 0... {
            do {
                try await client.send([event], to: session, idempotencyKey: key)
                return true
            } catch let error as APIError where !error.isTransient {
                state.didNotSend()
                Terminal.note(Style.red("✖ \(error)"))
                return true
            } catch let error where error is Unreachable || error is APIError {
                guard attempt < 300 else { throw error }
                try await Task.sleep(for: .seconds(1))
            }
        }
        return true
    }

    private func status() async throws {
        do {
            let session = try await client.get(ConnectionOptions.path(session: session))
            Details.print([
                ("session", session.text("id")), ("status", session.text("status")),
                ("usage", Details.usage(session["usage"])),
            ])
        } catch let error where !(error is CancellationError) {
            Terminal.note(Style.red("✖ \(error)"))
        }
    }

    /// Waits until the stream is there and the session rests.
    private func rest() async throws {
        while !(state.isConnected && state.isResting) { try await Task.sleep(for: .milliseconds(20)) }
    }
}
