import Foundation
import HoldfastCore
import HoldfastModels
import Testing

/// Requests against bodies that `Tests/ClientTests/upstreams/sent.py` sends with the providers' own SDKs.
@Suite("Requests in the words of the providers")
struct RequestTests {
    static let schema: JSONObject = ["type": "object", "properties": ["city": ["type": "string"]]]

    static let tools = [
        ToolDefinition(name: "weather", description: "The weather.", parameters: schema, strict: true),
        ToolDefinition(name: "note", description: "", parameters: [:], kind: .custom(format: ["type": "text"])),
        ToolDefinition(name: "web_search", description: "", parameters: [:], kind: .hosted(["type": "web_search"])),
    ]

    static let conversation: [ContextEntry] = [
        .system("Early."), .user([.text("Hi"), .image(url: "data:image/png;base64,UE5H")]), .user([.text("there")]),
        .reasoning(
            summary: "hm",
            replay: ["anthropic": ["blocks": [["type": "thinking", "thinking": "hm", "signature": "c2ln"]]]]),
        .reasoning(
            summary: "hm",
            replay: [
                "bedrock": ["blocks": [["reasoningContent": ["reasoningText": ["text": "hm", "signature": "c2ln"]]]]]
            ]),
        .assistant("Looking."), .call(id: "call_1", name: "weather", arguments: #"{"city":"Zürich"}"#),
        .customCall(id: "call:2", name: "note", input: "free"),
        .result(id: "call_1", output: [.text("sunny"), .image(url: "data:image/jpeg;base64,SlBH")]),
        .result(id: "call:2", output: [.text("")]), .system("Middle."), .user([.text(" "), .text("And?")]),
        .user([.other(["type": "input_file", "filename": "a.pdf", "file_data": "data:application/pdf;base64,UERG"])]),
    ]

    static let full: ModelRequest = {
        var request = ModelRequest(
            model: "anthropic.m-v1:0", instructions: "Be brief.", context: conversation, tools: tools)
        request.options.toolChoice = .required
        request.options.format = .jsonSchema(name: "place", description: "Where.", schema: schema, strict: true)
        request.options.maxOutputTokens = 100
        request.options.stop = ["END"]
        request.options.reasoningEffort = "minimal"
        request.options.serviceTier = "default"
        return request
    }()

    static let plain = ModelRequest(model: "m", context: [.user([.text("Hi")])])

    /// One tool of several, after calls, without more of them.
    static let narrow: ModelRequest = {
        var request = ModelRequest(model: "m", context: conversation, tools: tools)
        request.options.toolChoice = .allowed(["note"], isRequired: false)
        return request
    }()

    static let requests = [("full", full), ("plain", plain), ("narrow", narrow)]

    private static let golden: JSON? = {
        let url = Bundle.module.url(forResource: "requests", withExtension: "json", subdirectory: "Vectors")
        return url.flatMap { try? Data(contentsOf: $0) }.flatMap { try? JSONParser.parse([UInt8]($0)) }
    }()

    @Test("bodies and paths", arguments: [Dialect.anthropic, .bedrock], ["full", "plain", "narrow"])
    func body(_ dialect: Dialect, name: String) async throws {
        var request = try #require(Self.requests.first { $0.0 == name }?.1)
        // Anthropic's newest version has no sampling.
        if dialect == .bedrock, name == "full" { (request.options.temperature, request.options.topP) = (0.5, 0.9) }
        let server = LoopbackServer(try Recording.named("text", dialect).actions(size: 1_000))
        _ = try await DialectFixture(dialect: dialect, server: server).call(request).result.get()
        let sent = try #require(server.requests.last)
        let golden = try #require(Self.golden?[dialect.rawValue]?[name])
        #expect(try JSONParser.parse(sent.body).sorted == golden["body"]?.sorted, "\(sent.body)")
        #expect(sent.head.split(separator: " ").dropFirst().first.map(String.init) == golden["path"]?.string)
    }

    @Test(
        "what a dialect has no words for is refused by name",
        arguments: [Dialect.anthropic, .bedrock],
        [
            "logprobs", "frequency_penalty", "presence_penalty", "seed", "verbosity", "json_object", "grammar",
            "web_search", "item_reference", "input_audio", "file_id", "nonsense", "flex", "temperature", "detailed",
        ])
    func refusals(_ dialect: Dialect, word: String) async throws {
        // Bedrock has both, and Anthropic has summaries.
        if dialect == .anthropic, word == "detailed" { return }
        if dialect == .bedrock, ["flex", "temperature"].contains(word) { return }
        var request = Self.plain
        switch word {
        case "logprobs": request.options.topLogprobs = 0
        case "frequency_penalty": request.options.frequencyPenalty = 0.1
        case "presence_penalty": request.options.presencePenalty = 0.1
        case "temperature": request.options.temperature = 1
        case "seed": request.options.seed = 1
        case "verbosity": request.options.verbosity = "low"
        case "json_object": request.options.format = .jsonObject
        case "grammar":
            let format: JSON = ["type": "grammar", "syntax": "lark", "definition": "x"]
            request.tools = [ToolDefinition(name: "t", description: "", parameters: [:], kind: .custom(format: format))]
        case "web_search":
            request.tools = Self.tools
            request.options.toolChoice = .tool("web_search")
        case "item_reference": request.context.append(.other(["type": "item_reference"]))
        case "input_audio": request.context.append(.user([.other(["type": "input_audio"])]))
        case "file_id": request.context.append(.user([.other(["type": "input_file", "file_id": "f"])]))
        case "detailed": request.options.reasoningSummary = word
        case "flex": request.options.serviceTier = "flex"
        default: request.options.reasoningEffort = "nonsense"
        }
        let server = LoopbackServer([.awaitClose])
        let (result, _) = try await DialectFixture(dialect: dialect, server: server).call(request)
        let error = #expect(throws: ModelError.self) { try result.get() }
        #expect(error?.code == .invalidRequest)
        #expect(error?.isRetryable == false)
        #expect(error?.message.contains(word) == true)
        #expect(server.connections == 0)
    }

    @Test("a custom tool's call comes back as free text", arguments: [Dialect.anthropic, .bedrock])
    func custom(_ dialect: Dialect) async throws {
        let answer: [UInt8] =
            dialect == .bedrock
            ? EventFrame.bytes("contentBlockStart", #"{"start":{"toolUse":{"toolUseId":"i","name":"note"}}}"#)
                + EventFrame.bytes("contentBlockDelta", #"{"delta":{"toolUse":{"input":"{\"input\":\"a b\"}"}}}"#)
                + EventFrame.bytes("messageStop", #"{"stopReason":"tool_use"}"#)
            : [UInt8](
                [
                    #"{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"i","name":"note"}}"#,
                    #"{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{\"input\":\"a b\"}"}}"#,
                    #"{"type":"message_delta","delta":{"stop_reason":"tool_use"}}"#, #"{"type":"message_stop"}"#,
                ].map { Chunk.event($0) }.joined().utf8)
        let head = "HTTP/1.1 200 OK\r\nContent-Type: \(dialect.streamType)\r\nConnection: close\r\n\r\n"
        let server = LoopbackServer([.send(head), .bytes(answer)])
        var request = Self.plain
        request.tools = Self.tools
        let (result, _) = try await DialectFixture(dialect: dialect, server: server).call(request)
        #expect(try result.get().calls == [ModelAnswer.Call(name: "note", arguments: "a b", isCustom: true)])
    }
}

extension JSON {
    /// With the members of objects in the order of their names.
    fileprivate var sorted: JSON {
        switch self {
        case .array(let elements): .array(elements.map(\.sorted))
        case .object(let object):
            .object(
                JSONObject(
                    object.members.map { JSONObject.Member(name: $0.name, value: $0.value.sorted) }
                        .sorted { $0.name < $1.name }))
        default: self
        }
    }
}
