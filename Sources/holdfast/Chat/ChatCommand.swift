import ArgumentParser
import HoldfastCore

/// `holdfast chat`.
struct ChatCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat",
        abstract: "Talk to an agent in the terminal.",
        discussion: """
            holdfast chat --model gpt-4.1                 a new session with an inline agent
            holdfast chat --agent Surveyor                a new session with a saved agent, by id or name
            holdfast chat --session sess_…                go on with a session
            holdfast chat --model M --environment hosted  the agent gets a sandboxed shell and files

            Answers appear as they are made, with tool calls and the output of commands. What you type while the agent \
            works steers it. When it waits for the result of a function, your next line is the result. The chat \
            outlives a restart of the server, and the session outlives the chat.

            /cancel stops the turn, /status shows the session, /quit leaves; the session stays. Without a terminal, \
            each line of input is sent when the session rests, and the chat ends after the last answer.

            Without --model and --agent, HOLDFAST_MODEL is used, else the embedded scripted model, which obeys lines \
            such as 'say hello', 'call clock' and 'call shell {"command": "ls"}'.
            """)

    /// Where the agent's commands run.
    enum EnvironmentKind: String, ExpressibleByArgument, CaseIterable {
        case none, hosted
    }

    @OptionGroup var connection: ConnectionOptions

    @Option(help: "A saved agent, by id or name.")
    var agent: String?

    @Option(help: "A model, for an agent that is not saved.")
    var model: String?

    @Option(help: "What the agent is told, for an agent that is not saved.")
    var instructions: String?

    @Option(help: "A session to go on with.")
    var session: String?

    @Option(help: "Where the agent's commands run: none, or hosted (this server's sandbox).")
    var environment = EnvironmentKind.none

    func validate() throws {
        if session != nil, agent != nil || model != nil {
            throw ValidationError("A session has its agent already: leave out --agent and --model.")
        }
        if agent != nil, instructions != nil { throw ValidationError("Give either --agent or --instructions.") }
    }

    func run() async throws {
        try await connection.withClient { client in
            let input = LineInput()
            if let session {
                try await resume(session, client, input)
            } else {
                try await begin(client, input)
            }
        }
    }

    private func resume(_ session: String, _ client: APIClient, _ input: LineInput) async throws {
        let found = try await client.get(ConnectionOptions.path(session: session))
        let path = ConnectionOptions.path(session: session, "/items")
        let items = try await client.list(path, query: [("order", "desc")], limit: 8)
        items.reversed().forEach { Terminal.line(ItemLine.text($0, width: Terminal.width)) }
        let isResting = found.text("status") != "in_progress"
        try await ChatLoop(
            client: client, session: session, state: ChatState(isResting: isResting), hint: hint(session)
        )
        .run(input, from: .live)
    }

    private func begin(_ client: APIClient, _ input: LineInput) async throws {
        let agent = try await agentFields(client)
        if Terminal.isInputInteractive {
            Terminal.line(Style.dim("Type a message. /help tells more, /quit leaves."))
            Terminal.write(ChatLoop.prompt)
        }
        for await line in input.lines {
            switch line.drop(while: \.isWhitespace) {
            case "": break
            case "/quit": return
            case let text where text.hasPrefix("/"): Terminal.line(ChatLoop.help)
            default:
                let kind = environment == .none ? "none" : "openai_hosted"
                var body: JSONObject = ["environment": ["type": .string(kind)], "input": .string(line)]
                for member in agent.members { body[member.name] = member.value }
                let session = try await client.post("/agents/sessions", .object(body)).text("id")
                let loop = ChatLoop(
                    client: client, session: session, state: ChatState(isResting: false), hint: hint(session))
                return try await loop.run(input, from: .beginning)
            }
            if Terminal.isInputInteractive { Terminal.write(ChatLoop.prompt) }
        }
    }

    /// The members of a new session that say which agent it runs.
    private func agentFields(_ client: APIClient) async throws -> JSONObject {
        if let agent {
            let id = try await client.agentID(agent)
            return model.map { ["agent_id": .string(id), "agent": ["model": .string($0)]] } ?? ["agent_id": .string(id)]
        }
        var inline: JSONObject = ["model": .string(model ?? Terminal.environment("HOLDFAST_MODEL") ?? "scripted")]
        if let instructions { inline["instructions"] = .string(instructions) }
        return ["agent": .object(inline)]
    }

    private func hint(_ session: String) -> String {
        let place = connection.url.map { " --url \($0)" } ?? connection.data.map { " --data \($0)" } ?? ""
        return "The session goes on: holdfast chat\(place) --session \(session)"
    }
}

extension APIClient {
    /// The id of an agent that is named by id or name.
    func agentID(_ agent: String) async throws -> String {
        if agent.hasPrefix("agent_") { return agent }
        let named = try await list("/agents").filter { $0["name"]?.string == agent }
        switch named.count {
        case 1: return named[0].text("id")
        case 0: throw CommandFailure("No agent is named '\(agent)'.", remedy: "holdfast agents list shows all of them.")
        default:
            let ids = named.map { $0.text("id") }.joined(separator: ", ")
            throw CommandFailure("Several agents are named '\(agent)': \(ids)", remedy: "Give the id.")
        }
    }
}
