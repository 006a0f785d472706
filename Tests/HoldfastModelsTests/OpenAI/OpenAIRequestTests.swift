import AsyncHTTPClient
import HoldfastCore
import HoldfastModels
import Logging
import Testing

@Suite("OpenAI provider: requests")
struct OpenAIRequestTests {
    /// Sends a request and returns what came over the wire.
    private func sent(_ request: ModelRequest, cacheKey: Bool = false) async throws -> LoopbackServer.Request {
        let stream = Chunk.text("ok") + Chunk.finish("stop") + Chunk.done
        var fixture = OpenAIFixture(server: LoopbackServer([.send(Head.stream), .chunks(stream, size: 50)]))
        fixture.sendsCacheKey = cacheKey
        _ = try await fixture.call(request)
        return try #require(fixture.server.requests.first)
    }

    private func body(_ request: ModelRequest, cacheKey: Bool = false) async throws -> JSON {
        try JSONParser.parse(try await sent(request, cacheKey: cacheKey).body)
    }

    @Test("the head has the path, the key and the types")
    func head() async throws {
        let head = try await sent(OpenAIFixture.hello).head.lowercased()
        #expect(head.hasPrefix("post /v1/chat/completions http/1.1\r\n"))
        #expect(head.contains("authorization: bearer \(OpenAIFixture.key)"))
        #expect(head.contains("content-type: application/json"))
    }

    @Test("a plain request has nothing that was not asked for")
    func plain() async throws {
        let settings: JSONObject = [
            "text": ["format": ["type": "text"], "verbosity": "medium"], "service_tier": "auto", "reasoning": nil,
        ]
        var request = OpenAIFixture.hello
        request.options = ModelOptions(settings: settings)
        let expected: JSON = [
            "model": "m", "messages": [["role": "user", "content": "hello"]], "stream": true,
            "stream_options": ["include_usage": true],
        ]
        #expect(try await body(request) == expected)
        #expect(try await body(request, cacheKey: true)["prompt_cache_key"] == "sess_1")
    }

    @Test("a conversation becomes messages")
    func conversation() async throws {
        let request = ModelRequest(
            model: "m", instructions: "be brief",
            context: [
                .user([.text("a"), .text("b")]), .user([.text("see"), .image(url: "data:image/png;base64,AA==")]),
                .assistant("looking"), .call(id: "1", name: "f", arguments: "{\"x\":1}"),
                .call(id: "2", name: "g", arguments: ""),
                .result(id: "1", output: [.text("r"), .image(url: "http://i")]),
                .result(id: "2", output: [.text("s")]), .call(id: "3", name: "f", arguments: "{}"),
                .result(id: "3", output: []), .assistant("one"), .assistant("two"), .user([]),
            ])
        let expected: JSON = [
            ["role": "system", "content": "be brief"], ["role": "user", "content": "a\nb"],
            [
                "role": "user",
                "content": [
                    ["type": "text", "text": "see"],
                    ["type": "image_url", "image_url": ["url": "data:image/png;base64,AA=="]],
                ],
            ],
            [
                "role": "assistant", "content": "looking",
                "tool_calls": [call("1", "f", "{\"x\":1}"), call("2", "g", "{}")],
            ],
            ["role": "tool", "tool_call_id": "1", "content": "r"],
            ["role": "tool", "tool_call_id": "2", "content": "s"],
            [
                "role": "user",
                "content": [
                    ["type": "text", "text": "Images in the result of tool call 1:"],
                    ["type": "image_url", "image_url": ["url": "http://i"]],
                ],
            ],
            ["role": "assistant", "content": nil, "tool_calls": [call("3", "f", "{}")]],
            ["role": "tool", "tool_call_id": "3", "content": ""], ["role": "assistant", "content": "one"],
            ["role": "assistant", "content": "two"], ["role": "user", "content": ""],
        ]
        #expect(try await body(request)["messages"] == expected)
    }

    private func call(_ id: JSON, _ name: JSON, _ arguments: JSON) -> JSON {
        ["id": id, "type": "function", "function": ["name": name, "arguments": arguments]]
    }

    @Test("tools and settings are sent")
    func toolsAndSettings() async throws {
        var request = OpenAIFixture.hello
        request.tools = [
            ToolDefinition(name: "f", description: "does f", parameters: ["type": "object"]),
            ToolDefinition(name: "g", description: "", parameters: [:]),
        ]
        request.options = ModelOptions(settings: [
            "reasoning": ["effort": "low"], "service_tier": "flex",
            "text": ["verbosity": "low", "format": ["type": "json_schema", "schema": ["type": "object"]]],
        ])
        let body = try await body(request)
        let tools: JSON = [
            [
                "type": "function",
                "function": ["name": "f", "description": "does f", "parameters": ["type": "object"]],
            ],
            [
                "type": "function",
                "function": ["name": "g", "parameters": ["type": "object", "properties": [:]]],
            ],
        ]
        #expect(body["tools"] == tools)
        #expect(body["reasoning_effort"] == "low")
        #expect(body["verbosity"] == "low")
        #expect(body["service_tier"] == "flex")
        let format: JSON = [
            "type": "json_schema", "json_schema": ["name": "response", "schema": ["type": "object"], "strict": true],
        ]
        #expect(body["response_format"] == format)
    }

    @Test(
        "a URL that cannot be used is refused at the start",
        arguments: ["api.openai.com/v1", "ftp://x", "https://", "https://user:pass@x/v1", "https://x/v1?a=b"])
    func badURL(url: String) async throws {
        let client = OpenAIProvider.makeClient()
        #expect(throws: ModelConfigurationError.self) {
            try OpenAIProvider(OpenAIConfiguration(baseURL: url), client: client, logger: Logger(label: "test"))
        }
        try await client.shutdown()
    }
}
