import AsyncHTTPClient
import HoldfastCore
import HoldfastModels

/// Events of a Responses stream.
enum Event {
    static func of(_ type: String, _ members: JSONObject = [:]) -> String {
        var event = members
        event["type"] = .string(type)
        return "event: \(type)\ndata: \(JSON.object(event).text)\n\n"
    }

    static let created = of("response.created", ["response": ["id": "resp_1", "status": "in_progress", "output": []]])

    static func added(_ index: Int64, _ type: JSON) -> String {
        of("response.output_item.added", ["output_index": .integer(index), "item": ["type": type]])
    }

    static func done(_ index: Int64, _ item: JSONObject) -> String {
        of("response.output_item.done", ["output_index": .integer(index), "item": .object(item)])
    }

    static func text(_ index: Int64, _ text: String) -> String {
        of("response.output_text.delta", ["output_index": .integer(index), "content_index": 0, "delta": .string(text)])
    }

    static func summary(_ index: Int64, part: Int64 = 0, _ text: String) -> String {
        of(
            "response.reasoning_summary_text.delta",
            ["output_index": .integer(index), "summary_index": .integer(part), "delta": .string(text)])
    }

    static func completed(_ output: [JSON] = [], _ more: JSONObject = [:]) -> String {
        var response: JSONObject = [
            "id": "resp_1", "object": "response", "status": "completed", "output": .array(output),
            "usage": [
                "input_tokens": 100, "input_tokens_details": ["cached_tokens": 60, "cache_write_tokens": 7],
                "output_tokens": 20, "output_tokens_details": ["reasoning_tokens": 5], "total_tokens": 120,
            ],
        ]
        for member in more.members { response[member.name] = member.value }
        return of("response.completed", ["response": .object(response)])
    }
}

/// Items of a response.
enum Output {
    static func message(_ text: String, phase: String? = nil, id: String = "msg_u") -> JSONObject {
        var message: JSONObject = [
            "id": .string(id), "type": "message", "role": "assistant", "status": "completed",
            "content": [["type": "output_text", "text": .string(text), "annotations": []]],
        ]
        message["phase"] = phase.map { .string($0) }
        return message
    }

    static func reasoning(_ summary: String..., encrypted: String = "secret") -> JSONObject {
        [
            "id": "rs_u", "type": "reasoning", "encrypted_content": .string(encrypted),
            "summary": .array(summary.map { ["type": "summary_text", "text": .string($0)] }),
        ]
    }

    static func call(_ name: String, _ arguments: String) -> JSONObject {
        [
            "id": "fc_u", "type": "function_call", "call_id": "call_u", "name": .string(name),
            "arguments": .string(arguments), "status": "completed",
        ]
    }

    static let search: JSONObject = [
        "id": "ws_u", "type": "web_search_call", "status": "completed",
        "action": ["type": "search", "query": "swift"],
    ]
}

extension OpenAIFixture {
    func withResponses<Value>(_ body: (OpenAIResponsesProvider) async throws -> Value) async throws -> Value {
        let client = OpenAIProvider.makeClient(limits: limits)
        defer { server.stop() }
        let configuration = OpenAIConfiguration(
            baseURL: server.baseURL, apiKey: nil, price: price, sendsCacheKey: sendsCacheKey)
        let result: Result<Value, any Error>
        do {
            let provider = try OpenAIResponsesProvider(
                configuration, client: client, limits: limits, logger: logs.logger)
            result = .success(try await body(provider))
        } catch {
            result = .failure(error)
        }
        try await client.shutdown()
        return try result.get()
    }

    /// What comes of one call against a server that streams these events.
    static func answer(
        _ events: String..., request: ModelRequest = Self.hello
    ) async throws -> (answer: ModelAnswer, pieces: [ModelPiece], sent: JSON) {
        let server = LoopbackServer([.send(Head.stream), .chunks(events.joined(), size: 37)])
        let pieces = PieceRecorder()
        let answer = try await OpenAIFixture(server: server).withResponses { provider in
            try await provider.call(request) { pieces.add($0) }
        }
        let sent = try JSONParser.parse(Array(server.requests.first?.body.utf8 ?? "".utf8))
        return (answer, pieces.all, sent)
    }

    /// The error of one call, with the pieces that came before it.
    func responsesFailure() async throws -> (error: ModelError?, pieces: [ModelPiece]) {
        let pieces = PieceRecorder()
        do {
            _ = try await withResponses { try await $0.call(Self.hello) { pieces.add($0) } }
            return (nil, pieces.all)
        } catch let error as ModelError {
            return (error, pieces.all)
        }
    }
}
