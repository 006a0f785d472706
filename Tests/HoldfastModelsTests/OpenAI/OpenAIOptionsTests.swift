import HoldfastCore
import HoldfastModels
import Testing

@Suite("OpenAI provider: options, tools and items")
struct OpenAIOptionsTests {
    private func body(_ request: ModelRequest) async throws -> JSON {
        let stream = Chunk.text("ok") + Chunk.finish("stop") + Chunk.done
        let fixture = OpenAIFixture(server: LoopbackServer([.send(Head.stream), .chunks(stream, size: 500)]))
        _ = try await fixture.call(request)
        return try JSONParser.parse(try #require(fixture.server.requests.first).body)
    }

    private func answer(_ stream: String) async throws -> (answer: ModelAnswer, pieces: [ModelPiece]) {
        try await OpenAIFixture(
            server: LoopbackServer([.send(Head.stream), .chunks(stream + Chunk.done, size: 37)])
        ).call()
    }

    @Test("every option is sent in this dialect's words")
    func options() async throws {
        var request = OpenAIFixture.hello
        request.options.maxOutputTokens = 7
        request.options.temperature = 0.5
        request.options.topP = 0.25
        request.options.frequencyPenalty = -1.5
        request.options.presencePenalty = 1.5
        request.options.seed = 42
        request.options.stop = ["a", "b"]
        request.options.topLogprobs = 3
        request.options.format = .jsonObject
        request.options.parallelToolCalls = false
        let sent = try await body(request)
        let expected: JSON = [
            "model": "m", "messages": [["role": "user", "content": "hello"]], "stream": true,
            "stream_options": ["include_usage": true], "response_format": ["type": "json_object"],
            "max_completion_tokens": 7, "temperature": 0.5, "top_p": 0.25, "frequency_penalty": -1.5,
            "presence_penalty": 1.5, "seed": 42, "stop": ["a", "b"], "logprobs": true, "top_logprobs": 3,
        ]
        // Servers refuse parallel_tool_calls where there are no tools.
        #expect(sent == expected)
    }

    private var tools: [ToolDefinition] {
        [
            ToolDefinition(name: "f", description: "", parameters: ["type": "object"], strict: true),
            ToolDefinition(
                name: "c", description: "free", parameters: [:],
                kind: .custom(format: ["type": "grammar", "syntax": "regex", "definition": "a+"])),
            ToolDefinition(
                name: "web_search", description: "", parameters: [:], kind: .hosted(["type": "web_search"])),
        ]
    }

    @Test("custom tools are sent, tools of other providers are left out")
    func kinds() async throws {
        var request = OpenAIFixture.hello
        request.tools = tools
        request.options.parallelToolCalls = false
        let sent = try await body(request)
        let expected: JSON = [
            ["type": "function", "function": ["name": "f", "parameters": ["type": "object"], "strict": true]],
            [
                "type": "custom",
                "custom": [
                    "name": "c", "description": "free",
                    "format": ["type": "grammar", "grammar": ["syntax": "regex", "definition": "a+"]],
                ],
            ],
        ]
        #expect(sent["tools"] == expected)
        #expect(sent["tool_choice"] == nil)
        #expect(sent["parallel_tool_calls"] == false)
    }

    @Test(
        "the choice of a tool",
        arguments: [
            (.none, "none"), (.required, "required"),
            (.tool("f"), ["type": "function", "function": ["name": "f"]]),
            (.tool("c"), ["type": "custom", "custom": ["name": "c"]]),
            (
                .allowed(["f", "web_search"], isRequired: true),
                [
                    "type": "allowed_tools",
                    "allowed_tools": ["mode": "required", "tools": [["type": "function", "function": ["name": "f"]]]],
                ]
            ),
        ] as [(ModelOptions.ToolChoice, JSON)])
    func choice(choice: ModelOptions.ToolChoice, expected: JSON) async throws {
        var request = OpenAIFixture.hello
        request.tools = tools
        request.options.toolChoice = choice
        #expect(try await body(request)["tool_choice"] == expected)
    }

    @Test("what this dialect cannot say is refused by name, and nothing is sent")
    func refused() async throws {
        var hosted = OpenAIFixture.hello
        hosted.tools = tools
        hosted.options.toolChoice = .tool("web_search")
        var item = OpenAIFixture.hello
        item.context.append(.other(["type": "web_search_call"]))
        var part = OpenAIFixture.hello
        part.context.append(.user([.other(["type": "input_file"])]))
        var output = OpenAIFixture.hello
        output.context += [
            .call(id: "1", name: "f", arguments: "{}"), .result(id: "1", output: [.other(["type": "input_audio"])]),
        ]
        for (request, name) in [
            (hosted, "web_search"), (item, "web_search_call"), (part, "input_file"), (output, "input_audio"),
        ] {
            let fixture = OpenAIFixture(server: LoopbackServer([]))
            let error = await #expect(throws: ModelError.self) { try await fixture.call(request) }
            #expect(error?.code == .invalidRequest && error?.isRetryable == false)
            #expect(error?.message.contains("'\(name)'") == true)
            #expect(fixture.server.requests.isEmpty)
        }
    }

    @Test("messages of developers stay at their places, custom calls and details go out")
    func items() async throws {
        let request = ModelRequest(
            model: "m",
            context: [
                .user([.image(url: "http://i", detail: "low")]), .system("now be brief"),
                .customCall(id: "1", name: "c", input: "aaa"), .result(id: "1", output: [.text("ok")]),
            ])
        let image: JSON = ["type": "image_url", "image_url": ["url": "http://i", "detail": "low"]]
        let call: JSON = ["id": "1", "type": "custom", "custom": ["name": "c", "input": "aaa"]]
        let expected: JSON = [
            ["role": "user", "content": [image]], ["role": "system", "content": "now be brief"],
            ["role": "assistant", "content": nil, "tool_calls": [call]],
            ["role": "tool", "tool_call_id": "1", "content": "ok"],
        ]
        #expect(try await body(request)["messages"] == expected)
    }

    @Test("thoughts go back to the server that sent them, within the turn")
    func thoughts() async throws {
        let stream = Chunk.delta(["reasoning": "hm"]) + Chunk.text("ok") + Chunk.finish("stop") + Chunk.done
        let server = LoopbackServer([.send(Head.stream), .chunks(stream, size: 500)])
        let fixture = OpenAIFixture(server: server)
        try await fixture.withProvider { provider in
            let replay = try await provider.call(OpenAIFixture.hello, emit: { _ in }).replay
            func turn(_ replay: JSONObject?) -> [ContextEntry] {
                [
                    .user([.text("go")]), .reasoning(summary: "hm", replay: replay),
                    .call(id: "1", name: "f", arguments: "{}"), .result(id: "1", output: [.text("r")]),
                ]
            }
            var elsewhere = try #require(replay)
            elsewhere["chat_completions"] = ["host": "elsewhere", "member": "reasoning"]
            for replay in [replay, nil, elsewhere, ["anthropic": ["signature": "s"]]] {
                _ = try await provider.call(ModelRequest(model: "m", context: turn(replay)), emit: { _ in })
            }
            let next = turn(replay) + [.assistant("done"), .user([.text("next")])]
            _ = try await provider.call(ModelRequest(model: "m", context: next), emit: { _ in })
        }
        let sent = try server.requests.dropFirst().map { request -> JSON? in
            try JSONParser.parse(request.body)["messages"]?.array?[1]["reasoning"]
        }
        #expect(sent == ["hm", nil, nil, nil, nil])
    }

    @Test("a refusal is no text, and is not streamed")
    func refusal() async throws {
        let (answer, pieces) = try await answer(
            Chunk.delta(["refusal": "I "]) + Chunk.delta(["refusal": "won't"]) + Chunk.finish("stop"))
        #expect(answer.refusal == "I won't" && answer.text.isEmpty && pieces.isEmpty)
    }

    @Test("probabilities, citations, custom calls and cache writes are read")
    func extras() async throws {
        let entry: JSON = ["token": "ok", "logprob": -0.5, "bytes": [111, 107], "top_logprobs": []]
        let choice: JSON = ["index": 0, "delta": ["content": "ok"], "logprobs": ["content": [entry]]]
        let citation: JSON = [
            "type": "url_citation",
            "url_citation": ["url": "http://u", "title": "t", "start_index": 0, "end_index": 2],
        ]
        let usage: JSON = [
            "choices": [], "usage": ["prompt_tokens": 9, "prompt_tokens_details": ["cache_write_tokens": 4]],
        ]
        let stream = [
            Chunk.event(JSON.object(["choices": [choice]]).text), Chunk.delta(["annotations": [citation]]),
            Chunk.delta(["tool_calls": [["index": 0, "id": "x", "type": "custom", "custom": ["name": "c"]]]]),
            Chunk.delta(["tool_calls": [["index": 0, "custom": ["input": "aa"]]]]),
            Chunk.delta(["tool_calls": [["index": 0, "custom": ["input": "a"]]]]), Chunk.finish("tool_calls"),
            Chunk.event(usage.text),
        ].joined()
        let (answer, _) = try await answer(stream)
        #expect(answer.logprobs == [entry])
        let flat: JSON = ["type": "url_citation", "url": "http://u", "title": "t", "start_index": 0, "end_index": 2]
        #expect(answer.annotations == [flat])
        #expect(answer.calls == [.init(name: "c", arguments: "aaa", isCustom: true)])
        #expect(answer.usage.cacheWrite == 4)
    }

    @Test("an answer that a filter stopped says so")
    func filtered() async throws {
        #expect(try await answer(Chunk.text("half") + Chunk.finish("content_filter")).answer.isFiltered)
        #expect(try await answer(Chunk.text("half") + Chunk.finish("length")).answer.isFiltered == false)
    }
}
