import HoldfastCore
import HoldfastModels
import Testing

@Suite("Responses upstream: requests", .timeLimit(.minutes(1)))
struct ResponsesRequestTests {
    private func sent(_ request: ModelRequest) async throws -> JSON {
        try await OpenAIFixture.answer(Event.completed(), request: request).sent
    }

    @Test("the conversation is told in items; what came from this dialect goes back as it came")
    func input() async throws {
        let reasoning = Output.reasoning("why")
        let context: [ContextEntry] = [
            .system("be kind"),
            .user([.text("look"), .image(url: "data:x"), .other(["type": "input_file", "file_id": "f"])]),
            .reasoning(summary: "why", replay: ["responses": .object(reasoning)]),
            .reasoning(summary: "foreign", replay: ["anthropic": []]), .other(Output.search), .assistant("hm"),
            .call(id: "c1", name: "add", arguments: ""), .customCall(id: "c2", name: "run", input: "x"),
            .result(id: "c1", output: [.text("1")]),
            .result(id: "c2", output: [.text("2"), .image(url: "u", detail: "low")]),
        ]
        let sent = try await sent(ModelRequest(model: "m", instructions: "obey", context: context))
        #expect(sent["instructions"] == "obey" && sent["store"] == false && sent["stream"] == true)
        #expect(sent["include"] == ["reasoning.encrypted_content"])
        #expect(
            sent["input"] == [
                ["type": "message", "role": "developer", "content": [["type": "input_text", "text": "be kind"]]],
                [
                    "type": "message", "role": "user",
                    "content": [
                        ["type": "input_text", "text": "look"],
                        ["type": "input_image", "image_url": "data:x", "detail": "auto"],
                        ["type": "input_file", "file_id": "f"],
                    ],
                ], .object(reasoning), .object(Output.search),
                ["type": "message", "role": "assistant", "content": [["type": "output_text", "text": "hm"]]],
                ["type": "function_call", "call_id": "c1", "name": "add", "arguments": "{}"],
                ["type": "custom_tool_call", "call_id": "c2", "name": "run", "input": "x"],
                ["type": "function_call_output", "call_id": "c1", "output": "1"],
                [
                    "type": "custom_tool_call_output", "call_id": "c2",
                    "output": [
                        ["type": "input_text", "text": "2"],
                        ["type": "input_image", "image_url": "u", "detail": "low"],
                    ],
                ],
            ])
    }

    @Test("settings of a Responses request go on as they are")
    func settings() async throws {
        let settings: JSONObject = [
            "parallel_tool_calls": false, "max_tool_calls": 3, "max_output_tokens": 99, "temperature": 0.5,
            "top_p": 0.25, "frequency_penalty": 1.0, "presence_penalty": -1.0, "top_logprobs": 2,
            "service_tier": "flex",
            "text": [
                "format": ["type": "json_schema", "name": "n", "schema": ["type": "object"], "strict": true],
                "verbosity": "low",
            ], "reasoning": ["effort": "high", "summary": "auto"],
            "tools": [
                [
                    "type": "function", "name": "add", "description": "d", "parameters": ["type": "object"],
                    "strict": false,
                ],
                ["type": "custom", "name": "run", "format": ["type": "text"]],
                ["type": "mcp", "server_label": "l", "server_url": "u"],
            ],
        ]
        var asked = settings
        asked["tool_choice"] = ["type": "custom", "name": "run"]
        asked["include"] = ["web_search_call.action.sources"]
        let turn = TurnRequest(asked)
        let sent = try await sent(
            ModelRequest(model: "m", context: [.user([.text("x")])], tools: turn.tools, options: turn.options))
        for member in settings.members { #expect(sent[member.name] == member.value, "\(member.name)") }
        #expect(sent["tool_choice"] == asked["tool_choice"])
        #expect(
            sent["include"] == [
                "web_search_call.action.sources", "reasoning.encrypted_content", "message.output_text.logprobs",
            ])
    }

    @Test(
        "a choice of tools names each by its kind",
        arguments: [
            (["type": "mcp", "name": "l", "server_label": "l"], ["type": "mcp", "server_label": "l"]),
            (["type": "web_search"], ["type": "web_search"]), ("required", "required"), ("none", "none"),
            (
                ["type": "allowed_tools", "mode": "required", "tools": [["type": "function", "name": "add"]]],
                ["type": "allowed_tools", "mode": "required", "tools": [["type": "function", "name": "add"]]]
            ),
        ] as [(JSON, JSON)])
    func choice(asked: JSON, expected: JSON) async throws {
        let tools = ToolDefinition.list([
            ["type": "function", "name": "add"], ["type": "web_search"],
            ["type": "mcp", "name": "l", "server_label": "l"],
        ])
        let options = ModelOptions(settings: ["tool_choice": asked])
        let sent = try await sent(ModelRequest(model: "m", context: [], tools: tools, options: options))
        #expect(sent["tool_choice"] == expected)
    }

    @Test("what the API has no word for is refused by name")
    func refused() async throws {
        var request = OpenAIFixture.hello
        request.options.stop = ["x"]
        let refused = request
        let error = await #expect(throws: ModelError.self) { try await OpenAIFixture.answer(request: refused) }
        #expect(error?.code == .invalidRequest && error?.message.contains("'stop'") == true)
    }

    @Test("a model that knows no encrypted reasoning is not asked for it again")
    func encryption() async throws {
        let refusal = Head.error(
            400, body: #"{"error":{"message":"Encrypted content is not supported with this model."}}"#)
        let good: [LoopbackServer.Action] = [.send(Head.stream), .chunks(Event.completed(), size: 100)]
        let server = LoopbackServer([.send(refusal)], good)
        try await OpenAIFixture(server: server).withResponses { provider in
            for _ in 0..<2 { _ = try await provider.call(OpenAIFixture.hello) { _ in } }
        }
        let asked = server.requests.map { $0.body.contains("encrypted_content") }
        #expect(asked == [true, false, false])
    }

    @Test("a conversation goes on without thoughts that this upstream cannot read")
    func foreignThoughts() async throws {
        let message = "The encrypted content gAAA...DQ== could not be verified."
        let refusal = Head.error(400, body: JSON.object(["error": ["message": .string(message)]]).text)
        let good: [LoopbackServer.Action] = [.send(Head.stream), .chunks(Event.completed(), size: 100)]
        let server = LoopbackServer([.send(refusal)], good)
        let replay: JSONObject = ["responses": .object(Output.reasoning("why"))]
        let request = ModelRequest(
            model: "m", context: [.user([.text("hi")]), .reasoning(summary: "why", replay: replay), .assistant("so")])
        try await OpenAIFixture(server: server).withResponses { _ = try await $0.call(request) { _ in } }
        #expect(server.requests.map { $0.body.contains("rs_u") } == [true, false])
        // Nothing is left to leave out: the refusal stands.
        let second = OpenAIFixture(server: LoopbackServer([.send(refusal)]))
        #expect(try await second.responsesFailure().error?.message == message)
        #expect(second.server.requests.count == 1)
    }

    @Test("other providers get the same conversation in words that they know")
    func portable() async throws {
        let seen = SeenRequest()
        let catalog = ModelCatalog(routes: [ModelRoute("m", provider: seen)])
        let namespaced: JSONObject = [
            "type": "function_call", "call_id": "c2", "name": "f", "arguments": "{}", "namespace": "n",
        ]
        let context: [ContextEntry] = [
            .user([.text("hi")]), .call(id: "c1", name: "f", arguments: "{}"), .other(namespaced),
            .other(Output.search),
            .other(Output.message("said", phase: "commentary")), .result(id: "c1", output: [.text("r")]),
            .result(id: "c2", output: [.text("r")]),
            .other(["type": "mcp_approval_response", "approval_request_id": "a", "approve": true]),
        ]
        _ = try await catalog.call(ModelRequest(model: "m", context: context)) { _ in }
        let note = #"{"type":"web_search_call","status":"completed","action":{"type":"search","query":"swift"}}"#
        let answered = #"{"type":"mcp_approval_response","approval_request_id":"a","approve":true}"#
        #expect(
            seen.context == [
                .user([.text("hi")]),
                .assistant("[What another model's provider recorded here as web_search_call: \(note)]"),
                .assistant("said"), .call(id: "c1", name: "f", arguments: "{}"),
                .call(id: "c2", name: "f", arguments: "{}"), .result(id: "c1", output: [.text("r")]),
                .result(id: "c2", output: [.text("r")]),
                .user([.text("[What another model's provider recorded here as mcp_approval_response: \(answered)]")]),
            ])
    }
}
