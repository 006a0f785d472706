import Foundation
import Glibc
import Testing

/// Stateless inference over Chat Completions.
@Suite(.ownThread)
struct ChatTests {
    private static func request(_ script: String, _ more: [String: Any] = [:]) -> [String: Any] {
        ["model": "scripted", "messages": [["role": "user", "content": script]]].merging(more) { $1 }
    }

    /// A request for an answer of one word, as text.
    private static func line(_ more: [String: Any]) -> String {
        String(decoding: (try? JSONValue.bytes(request("say x", more))) ?? [], as: UTF8.self)
    }

    /// The data of a stream's events, without the last one.
    private static func chunks(_ response: Response) throws -> [JSONValue] {
        #expect(response.headers["content-type"]?.hasPrefix("text/event-stream") == true)
        let lines = response.text.components(separatedBy: "\n\n").filter { !$0.isEmpty }
        #expect(lines.last == "data: [DONE]")
        return try lines.dropLast().map { try JSONValue(parsing: String($0.dropFirst("data: ".count))) }
    }

    @Test func anEmbeddedModelAnswers() throws {
        let server = try TestServer()
        defer { withExtendedLifetime(server) {} }
        let api = server.api
        let answer = try api.post("/v1/chat/completions", Self.request("reason why\nsay hello there"))
        let choice = answer["choices"][0]
        #expect(answer["object"].text == "chat.completion" && answer["model"].text == "scripted")
        #expect(choice["message"]["content"].text == "hello there" && choice["finish_reason"].text == "stop")
        #expect(choice["message"]["reasoning_content"].text == "why")
        #expect(answer["usage"]["total_tokens"].integer ?? 0 > 0)
        let models = try api.get("/v1/models")["data"]
        #expect(models.list.map { $0["id"].text } == ["scripted", "improv"])
        #expect(models[0]["object"].text == "model")
        #expect(try api.get("/v1/models/scripted")["id"].text == "scripted")
        Refusal.expect(
            try api.call("GET", "/v1/models/no%2Fsuch"), "unknown", status: 404...404, code: "model_not_found")
    }

    @Test func aStreamCarriesTheSameAnswer() throws {
        let server = try TestServer()
        defer { withExtendedLifetime(server) {} }
        let api = server.api
        let more: [String: Any] = ["stream": true, "stream_options": ["include_usage": true]]
        let chunks = try Self.chunks(
            try api.call("POST", "/openai/v1/chat/completions", Self.request("say one two three", more)))
        #expect(Set(chunks.map { $0["id"].text }).count == 1)
        let deltas = chunks.map { $0["choices"][0]["delta"] }
        #expect(deltas[0]["role"].text == "assistant")
        #expect(deltas.compactMap { $0["content"].text }.joined() == "one two three")
        #expect(chunks.compactMap { $0["choices"][0]["finish_reason"].text } == ["stop"])
        #expect(chunks.last?["usage"]["completion_tokens"].integer == 3)
    }

    @Test func toolCallsAndTheirResultsGoBothWays() throws {
        let server = try TestServer()
        defer { withExtendedLifetime(server) {} }
        let api = server.api
        let script = "call add {\"a\": 1}\ncall add {\"a\": 2}\nthen\nrecall answer (\\w+)"
        let tools: [[String: Any]] = [["type": "function", "function": ["name": "add"]]]
        let first = try api.post("/v1/chat/completions", Self.request(script, ["tools": tools]))["choices"][0]
        #expect(first["finish_reason"].text == "tool_calls" && first["message"]["content"].raw == nil)
        let ids = [0, 1].map { first["message"]["tool_calls"][$0]["id"].text ?? "" }
        #expect(Set(ids).count == 2)
        let streamed = try Self.chunks(
            try api.call("POST", "/v1/chat/completions", Self.request(script, ["tools": tools, "stream": true])))
        let calls = streamed.map { $0["choices"][0]["delta"]["tool_calls"][0] }.filter { $0.raw != nil }
        // Of each call the name comes once, then the arguments.
        #expect(calls.map { $0["index"].integer } == [0, 0, 1, 1])
        #expect(calls.map { $0["function"]["name"].text } == ["add", nil, "add", nil])
        #expect(calls.map { $0["type"].text } == ["function", nil, "function", nil])
        #expect(calls.map { $0["function"]["arguments"].text } == ["", "{\"a\": 1}", "", "{\"a\": 2}"])
        let messages: [[String: Any]] =
            [
                ["role": "user", "content": script],
                [
                    "role": "assistant", "content": NSNull(),
                    "tool_calls": ids.map { id in
                        ["id": id, "type": "function", "function": ["name": "add", "arguments": "{}"]] as [String: Any]
                    },
                ],
            ] + ids.map { ["role": "tool", "tool_call_id": $0, "content": "answer yes"] }
        let second = try api.post(
            "/v1/chat/completions", ["model": "scripted", "messages": messages, "tools": tools])
        #expect(second["choices"][0]["message"]["content"].text == "yes")
    }

    @Test func aStoredCompletionIsThereWhenItsEndIsShown() throws {
        let server = try TestServer()
        let api = server.api
        let more: [String: Any] = ["store": true, "metadata": ["job": "7"]]
        let whole = try api.post("/v1/chat/completions", Self.request("say kept", more))
        let streamed = try Self.chunks(
            try api.call(
                "POST", "/v1/chat/completions", Self.request("say kept too", more.merging(["stream": true]) { $1 })))
        try server.killAndRestart()
        let ids = [whole["id"].text, streamed[0]["id"].text].compactMap(\.self)
        for (id, text) in zip(ids, ["kept", "kept too"]) {
            let kept = try server.api.get("/v1/chat/completions/\(id)")
            #expect(kept["choices"][0]["message"]["content"].text == text && kept["metadata"]["job"].text == "7")
            let messages = try server.api.get("/v1/chat/completions/\(id)/messages")["data"]
            #expect(messages[0]["content"].text == "say \(text)" && messages[0]["role"].text == "user")
        }
        let list = try server.api.get("/v1/chat/completions?metadata[job]=7&limit=1")
        #expect(list["data"].list.map { $0["id"].text } == [ids[0]] && list["has_more"].flag == true)
        #expect(try server.api.get("/v1/chat/completions?model=other")["data"].list.isEmpty)
        let changed = try server.api.post("/v1/chat/completions/\(ids[0])", ["metadata": ["job": "8"]])
        #expect(changed["metadata"]["job"].text == "8")
        #expect(try server.api.call("DELETE", "/v1/chat/completions/\(ids[0])").json["deleted"].flag == true)
        Refusal.expect(
            try server.api.call("GET", "/v1/chat/completions/\(ids[0])"), "deleted", status: 404...404)
    }

    @Test func whatTheModelCannotDoIsRefusedByName() throws {
        let server = try TestServer()
        defer { withExtendedLifetime(server) {} }
        let api = server.api
        let refused: [(String, [String: Any])] = [
            ("functions", ["functions": [["name": "f"]]]),
            ("function_call", ["function_call": ["name": "f"]]), ("web_search_options", ["web_search_options": [:]]),
            ("modalities", ["modalities": ["text", "audio"]]), ("logit_bias", ["logit_bias": ["7": -100]]),
            ("moderation", ["moderation": ["model": "m"]]),
        ]
        for (param, more) in refused {
            let response = try api.call("POST", "/v1/chat/completions", Self.request("say x", more))
            Refusal.expect(response, param, status: 400...400, code: "not_implemented", param: param)
        }
        let harmless: [String: Any] = [
            "temperature": 0.2, "n": 1, "seed": 3, "user": "u", "logprobs": false, "stop": NSNull(), "brand_new": 1,
            "logit_bias": ["7": 0], "prediction": ["type": "content", "content": "x"], "audio": ["voice": "x"],
            "tool_choice": "none", "function_call": "none", "response_format": ["type": "json_object"],
        ]
        _ = try api.post("/v1/chat/completions", Self.request("say x", harmless))
        let bad: [(String, Int, String)] = [
            ("{", 400, "invalid_json"), ("[]", 400, "invalid_json"), ("{}", 400, "missing_required_parameter"),
            (#"{"model":"scripted"}"#, 400, "missing_required_parameter"),
            (#"{"model":"scripted","model":"x","messages":[]}"#, 400, "invalid_value"),
            (#"{"model":7,"messages":[]}"#, 400, "invalid_type"),
            (#"{"model":"nope","messages":[]}"#, 404, "model_not_found"),
            (#"{"model":"scripted","messages":[]}"#, 400, "invalid_value"),
            (Self.line(["logprobs": true]), 400, "invalid_request_error"),
            (Self.line(["top_logprobs": 3]), 400, "invalid_value"), (Self.line(["n": 17]), 400, "invalid_value"),
            (Self.line(["stop": ["1", "2", "3", "4", "5"]]), 400, "array_above_max_length"),
            (Self.line(["temperature": 3]), 400, "invalid_value"),
            (Self.line(["tool_choice": "required"]), 400, "invalid_value"),
            (
                Self.line(["tool_choice": ["type": "function", "function": ["name": "g"]]]), 400, "invalid_value"
            ),
            (Self.line(["response_format": ["type": "xml"]]), 400, "invalid_value"),
            (Self.line(["max_completion_tokens": 0]), 400, "invalid_value"),
            (#"{"model":"scripted","messages":[{"role":"user"}]}"#, 400, "missing_required_parameter"),
            (#"{"model":"scripted","messages":[{"role":"x","content":"y"}]}"#, 400, "invalid_value"),
            (#"{"model":"scripted","messages":[{"role":"user","content":"fail 429"}]}"#, 429, "rate_limit_exceeded"),
            (
                #"{"model":"scripted","stream":true,"messages":[{"role":"user","content":"fail 500"}]}"#, 502,
                "upstream_error"
            ),
        ]
        Refusal.expect(
            try api.call("POST", "/v1/embeddings", ["model": "scripted", "input": "x"]), "embeddings",
            status: 400...400, code: "not_implemented", param: "model")
        for (body, status, code) in bad {
            let response = try api.send("POST", "/v1/chat/completions", Array(body.utf8))
            Refusal.expect(response, body, status: status...status, code: code)
        }
        Refusal.expect(
            try API(port: api.port, key: nil).call("POST", "/v1/chat/completions", [:]), "no key", status: 401...401)
    }

    @Test func nothingOfItIsKept() throws {
        let server = try TestServer(["HOLDFAST_LOG_LEVEL": "trace"])
        let marker = "marker-7f3a9c"
        let answer = try server.api.post("/v1/chat/completions", Self.request("say \(marker)"))
        #expect(answer["choices"][0]["message"]["content"].text == marker)
        _ = try server.api.call("POST", "/v1/chat/completions", Self.request("say \(marker)", ["stream": true]))
        server.child?.signal(SIGTERM)
        #expect(try server.child?.wait() == .exit(0))
        var searched = 0
        for place in [server.data, server.log] {
            for (path, status) in try Files.tree(place) where Files.isRegular(status) {
                let data = try Data(contentsOf: URL(fileURLWithPath: path))
                #expect(data.range(of: Data(marker.utf8)) == nil, "\(path)")
                searched += 1
            }
        }
        #expect(searched >= 2)
    }

    @Test func aClientThatLeavesEndsTheUpstreamsCall() throws {
        let upstream = try Upstream()
        let server = try TestServer([
            "OPENAI_API_KEY": "k", "OPENAI_BASE_URL": "http://127.0.0.1:\(upstream.port)/v1",
        ])
        for isStreamed in [true, false] {
            let body = try JSONValue.bytes(["model": "up", "messages": [], "stream": isStreamed] as [String: Any])
            let client = try Socket(port: server.port)
            try client.send(server.api.request("POST", "/v1/chat/completions", body))
            let call = try upstream.accept()
            // A stream is asked for its usage; otherwise the request is as it came.
            let request = try call.request().replacing(#""stream_options":{"include_usage":true},"#, with: "")
            #expect(request.hasSuffix(String(decoding: body, as: UTF8.self)))
            if isStreamed {
                try call.socket.send(
                    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
                        + "9\r\ndata: 1\n\n\r\n")
                let head = try client.head(until: .now + .seconds(10))
                #expect(head.status == 200)
                #expect(try client.chunk(until: .now + .seconds(10)) == Array("data: 1\n\n".utf8))
            }
            client.close()
            let begin = ContinuousClock.now
            _ = try call.socket.rest(until: begin + .seconds(10))
            #expect(ContinuousClock.now - begin < .seconds(1))
        }
    }
}
