import Foundation
import Testing

/// What a Chat Completions request can ask of an embedded model, and embeddings.
@Suite(.ownThread)
struct ChatOptionTests {
    private static var weather: [String: Any] {
        [
            "type": "function",
            "function": [
                "name": "get_weather",
                "parameters": [
                    "type": "object", "properties": ["location": ["type": "string"]], "required": ["location"],
                ] as [String: Any],
            ] as [String: Any],
        ]
    }

    private static func request(_ text: String, _ more: [String: Any] = [:]) -> [String: Any] {
        ["model": "improv", "messages": [["role": "user", "content": text]]].merging(more) { $1 }
    }

    private static func chunks(_ response: Response) throws -> [JSONValue] {
        try response.text.components(separatedBy: "\n\n").filter { $0.hasPrefix("data: {") }.map {
            try JSONValue(parsing: String($0.dropFirst("data: ".count)))
        }
    }

    @Test func severalAnswersComeWithTheirIndexes() throws {
        let server = try TestServer()
        defer { withExtendedLifetime(server) {} }
        let more: [String: Any] = ["n": 3, "stream_options": ["include_usage": true]]
        let whole = try server.api.post("/v1/chat/completions", Self.request("say exactly 'a b'", more))
        #expect(whole["choices"].list.map { $0["index"].integer } == [0, 1, 2])
        #expect(whole["choices"].list.map { $0["message"]["content"].text } == ["a b", "a b", "a b"])
        #expect(whole["usage"]["completion_tokens"].integer == 6)
        let chunks = try Self.chunks(
            try server.api.call(
                "POST", "/v1/chat/completions",
                Self.request("say exactly 'a b'", more.merging(["stream": true]) { $1 })))
        for index in 0..<3 {
            let own = chunks.map { $0["choices"][0] }.filter { $0["index"].integer == index }
            #expect(own.compactMap { $0["delta"]["content"].text }.joined() == "a b")
            #expect(own.compactMap { $0["finish_reason"].text } == ["stop"])
        }
        #expect(chunks.last?["usage"]["completion_tokens"].integer == 6)
        #expect(chunks.last?["choices"].list.isEmpty == true)
    }

    @Test func limitsFormatsAndProbabilitiesAreHeeded() throws {
        let server = try TestServer()
        defer { withExtendedLifetime(server) {} }
        func choice(_ text: String, _ more: [String: Any]) throws -> JSONValue {
            try server.api.post("/v1/chat/completions", Self.request(text, more))["choices"][0]
        }
        let short = try choice("say exactly 'one two three'", ["max_completion_tokens": 2])
        #expect(short["finish_reason"].text == "length" && short["message"]["content"].text == "one two ")
        let stopped = try choice("say exactly 'one two three'", ["stop": "two"])
        #expect(stopped["finish_reason"].text == "stop" && stopped["message"]["content"].text == "one ")
        let schema: [String: Any] = [
            "type": "object", "properties": ["city": ["type": "string"]], "required": ["city"],
        ]
        let format: [String: Any] = ["type": "json_schema", "json_schema": ["name": "s", "schema": schema]]
        let json = try choice("I was in Rome", ["response_format": format])
        #expect(json["message"]["content"].text == #"{"city":"Rome"}"#)
        let probable = try choice("say exactly ok", ["logprobs": true, "top_logprobs": 2, "reasoning_effort": "low"])
        #expect(probable["logprobs"]["content"][0]["token"].text == "ok")
        #expect(probable["logprobs"]["content"][0]["top_logprobs"].list.count == 2)
        #expect(probable["message"]["reasoning_content"].text?.isEmpty == false)
        let streamed = try Self.chunks(
            try server.api.call(
                "POST", "/v1/chat/completions", Self.request("say exactly ok", ["logprobs": true, "stream": true])))
        #expect(streamed.contains { $0["choices"][0]["logprobs"]["content"][0]["token"].text == "ok" })
    }

    @Test func toolsAreChosenAndCustomOnesTakeText() throws {
        let server = try TestServer()
        defer { withExtendedLifetime(server) {} }
        let custom: [String: Any] = ["type": "custom", "custom": ["name": "note", "format": ["type": "text"]]]
        func message(_ text: String, _ choice: Any) throws -> JSONValue {
            try server.api.post(
                "/v1/chat/completions",
                Self.request(text, ["tools": [Self.weather, custom], "tool_choice": choice]))["choices"][0]["message"]
        }
        let named = try message("Hello 'you'", ["type": "custom", "custom": ["name": "note"]])["tool_calls"][0]
        #expect(named["type"].text == "custom" && named["custom"]["input"].text == "you")
        let only: [String: Any] = ["type": "function", "function": ["name": "get_weather"]]
        let allowed = try message(
            "Hello", ["type": "allowed_tools", "allowed_tools": ["mode": "required", "tools": [only]]])
        #expect(allowed["tool_calls"][0]["function"]["name"].text == "get_weather")
        #expect(try message("weather in Rome", "none")["tool_calls"].raw == nil)
        let several = try message("weather in Rome and Oslo", "auto")["tool_calls"].list
        #expect(
            several.compactMap { $0["function"]["arguments"].text }.sorted() == [
                #"{"location":"Oslo"}"#, #"{"location":"Rome"}"#,
            ])
    }

    @Test func messagesOfDevelopersStayAtTheirPlaces() throws {
        let server = try TestServer()
        defer { withExtendedLifetime(server) {} }
        func message(_ role: String, _ text: String) -> [String: Any] { ["role": role, "content": text] }
        let messages = [
            message("system", "first"), message("developer", "second"), message("user", "hm"),
            message("developer", "third"), message("user", "recall (?s)^(first.*)$"),
        ]
        let answer = try server.api.post("/v1/chat/completions", ["model": "scripted", "messages": messages])
        #expect(answer["choices"][0]["message"]["content"].text == "first\n\nsecond")
        let third = messages.dropLast() + [message("user", "recall ^third$")]
        let later = try server.api.post("/v1/chat/completions", ["model": "scripted", "messages": Array(third)])
        #expect(later["choices"][0]["message"]["content"].text == "third")
    }

    @Test func embeddingsOfAnEmbeddedModel() throws {
        let server = try TestServer()
        defer { withExtendedLifetime(server) {} }
        let api = server.api
        func embed(_ input: Any, _ more: [String: Any] = [:]) throws -> JSONValue {
            try api.post("/v1/embeddings", ["model": "improv", "input": input].merging(more) { $1 })
        }
        let plain = try embed("a cat")
        #expect(plain["object"].text == "list" && plain["data"][0]["object"].text == "embedding")
        #expect(plain["data"][0]["embedding"].list.count == 1_536 && plain["usage"]["total_tokens"].integer == 2)
        let numbers = try embed(["a cat", "dogs"], ["dimensions": 8])["data"].list
        #expect(numbers.map { $0["index"].integer } == [0, 1])
        let packed = try embed("a cat", ["dimensions": 8, "encoding_format": "base64"])["data"][0]["embedding"].text
        let bytes = Array(try #require(Data(base64Encoded: packed ?? "")))
        let floats = stride(from: 0, to: bytes.count, by: 4).map { start in
            Float(bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[start + $1]) << UInt32(8 * $1) })
        }
        #expect(floats == numbers[0]["embedding"].list.map { Float(($0.raw as? NSNumber)?.doubleValue ?? .nan) })
        #expect(try embed([1, 2, 3])["data"].list.count == 1)
        #expect(try embed([[1, 2], [3]])["data"].list.count == 2)
        let bad: [(Any, [String: Any], String)] = [
            ("", [:], "invalid_value"), ([String](), [:], "invalid_value"), ([["x"]], [:], "invalid_type"),
            (7, [:], "invalid_type"), ("x", ["dimensions": 0], "invalid_value"),
            ("x", ["encoding_format": "hex"], "invalid_value"),
        ]
        for (input, more, code) in bad {
            let body = ["model": "improv", "input": input].merging(more) { $1 }
            Refusal.expect(
                try api.call("POST", "/v1/embeddings", body), "\(input) \(more)", status: 400...400, code: code)
        }
    }
}
