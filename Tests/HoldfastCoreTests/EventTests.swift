import Testing

@testable import HoldfastCore

@Suite("Events")
struct EventTests {
    private static let agent = AgentDefinition(
        id: "agent_1", version: 3, name: "n", model: "m", instructions: "be\nkind",
        tools: [["type": "function", "name": "ask", "parameters": ["type": "object"]]], settings: ["text": nil])

    /// Every kind, with all that can be in it.
    static let all: [SessionEvent] = [
        .sessionCreated(SessionCreated(project: "p", agent: agent)),
        .sessionCreated(
            SessionCreated(
                project: "p", agent: AgentDefinition(id: "a", model: "m"),
                environment: SessionEnvironment(kind: .hosted, id: "env_1", size: "large"), metadata: ["k": "v"],
                spendLimit: 0)),
        .sessionUpdated(SessionUpdated(agent: agent, metadata: [:], spendLimit: .cents(5))),
        .sessionUpdated(SessionUpdated(spendLimit: SessionUpdated.SpendLimit.none)),
        .sessionUpdated(SessionUpdated(metadata: ["a": "b"])),
        .sessionDeleted,
        .environmentChanged(EnvironmentChanged(status: .connected)),
        .environmentChanged(EnvironmentChanged(status: .failed, error: "no")),
        .inputReceived(InputReceived(messages: [[.text("a"), .image(url: "data:x")], [], [.text("")]])),
        .functionResultReceived(FunctionResultReceived(call: "c", output: .none)),
        .functionResultReceived(FunctionResultReceived(call: "c", output: .text(""))),
        .functionResultReceived(FunctionResultReceived(call: "c", output: .parts([.text("t"), .image(url: "u")]))),
        .functionResultReceived(FunctionResultReceived(call: "c", output: .parts([]))),
        .functionResultReceived(FunctionResultReceived(call: "c", output: .error("e"))),
        .modelDelta(ModelDelta(.text("t"))), .modelDelta(ModelDelta(.reasoning("r"))),
        .modelAnswered(ModelAnswered(answer: ModelAnswer(), runners: [])),
        .modelAnswered(
            ModelAnswered(
                answer: ModelAnswer(
                    reasoning: "r", text: "t",
                    calls: ["a", "b", "c"].map { .init(name: $0, arguments: "{\"x\":\"\\n\"}") },
                    usage: TokenUsage(input: 1, cached: 2, output: 3, reasoning: 4), cost: 5, isTruncated: true),
                runners: [
                    .client, .server(ServerTool(effectClass: .atMostOnce, presentation: .command)), .refused("no"),
                ])),
        .modelAttemptFailed(
            ModelAttemptFailed(error: TurnError(code: "c", message: "m"), retryAt: 7, isCounted: false)),
        .toolStarted(ToolStarted(call: "c", attempt: 2)), .toolOutput(ToolOutput(call: "c", text: "o")),
        .toolInterrupted(ToolInterrupted(call: "c")),
        .toolFinished(ToolFinished(call: "c", outcome: ToolOutcome(.unknown, output: "o"))),
        .toolFinished(ToolFinished(call: "c", outcome: ToolOutcome(.failed, output: "", exitCode: -1, duration: 9))),
        .turnEnded(TurnEnded(status: .completed)),
        .turnEnded(TurnEnded(status: .failed, error: TurnError(code: "c", message: "m"))),
    ]

    @Test("are read back as they were written", arguments: all)
    func roundTrip(event: SessionEvent) throws {
        let read = try SessionEvent.decode(kind: event.kind, version: SessionEvent.version, body: event.encode())
        #expect(read == event)
    }

    @Test("all kinds are tried, and no two share a name")
    func kinds() {
        #expect(Set(Self.all.map(\.kind)).count == 14)
    }

    @Test("what cannot be read is an error that says what it was")
    func unreadable() {
        func reason(_ kind: String, _ version: Int, _ body: String) -> String? {
            do throws(EventDecodingError) {
                _ = try SessionEvent.decode(kind: kind, version: version, body: Array(body.utf8))
                return nil
            } catch {
                return error.reason
            }
        }
        #expect(reason("session.exploded", 1, "{}") == "an unknown kind")
        #expect(reason("tool.output", 2, "{}") == "written by a newer release")
        #expect(reason("tool.output", 1, "{\"call\":\"c\"}") == "'text' must be a string")
        #expect(reason("tool.output", 1, "[]") == "'body' must be an object")
        #expect(reason("tool.output", 1, "{") != nil)
        #expect(reason("turn.ended", 1, "{\"status\":\"active\"}") == "'status' must be how a turn ends")
        #expect(reason("environment.changed", 1, "{\"status\":\"odd\"}") != nil)
    }

    @Test("damaged bodies are refused without a crash", arguments: all)
    func damaged(event: SessionEvent) {
        let body = event.encode()
        for length in 0..<body.count {
            #expect(throws: EventDecodingError.self) {
                try SessionEvent.decode(kind: event.kind, version: 1, body: Array(body.prefix(length)))
            }
        }
    }

    @Test("older bodies pass through one step per version")
    func upcasting() {
        let steps: [String: [Int: EventUpcasters.Step]] = [
            "tool.output": [
                1: { body in ["call": body["id"] ?? nil, "text": body["text"] ?? nil] },
                3: { body in
                    var body = body
                    body["text"] = .string((body["text"]?.string ?? "") + "!")
                    return body
                },
            ]
        ]
        func upcast(_ kind: String, from version: Int) -> JSONObject {
            EventUpcasters.upcast(["id": "c", "text": "t"], kind: kind, from: version, to: 4, steps: steps)
        }
        #expect(upcast("tool.output", from: 1) == ["call": "c", "text": "t!"])
        #expect(upcast("tool.output", from: 2) == ["id": "c", "text": "t!"])
        #expect(upcast("tool.output", from: 4) == ["id": "c", "text": "t"])
        #expect(upcast("turn.ended", from: 1) == ["id": "c", "text": "t"])
    }
}
