import Foundation
import Glibc
import Testing

/// What inferences used: that the books are those of the provider.
@Suite(.ownThread)
struct UsageTests {
    /// A server with one provider of a known price.
    private static func server(_ provider: MockProvider, more: String = "") throws -> (TestServer, ConfigurationFile) {
        let file = try ConfigurationFile(
            """
            providers:
              mock:
                base_url: http://127.0.0.1:\(provider.port)/v1
                models: ["up*"]
                prices:
                  "up*": {input: 1000000, output: 2000000}
            \(more)
            """)
        return (try TestServer(file.environment), file)
    }

    private static func chat(_ more: [String: Any] = [:]) -> [String: Any] {
        ["model": "up", "messages": [["role": "user", "content": "hello"]]].merging(more) { $1 }
    }

    /// The one sum of all usage.
    private static func total(_ api: API, _ query: String = "") throws -> JSONValue {
        try api.get("/v1/usage?\(query)")["data"][0]
    }

    private static func expectBooks(of server: TestServer, toBe bill: MockProvider.Bill) throws {
        let sum = try total(server.api)
        #expect(sum["inferences"].integer == bill.calls)
        #expect(sum["input_tokens"].integer == bill.input)
        #expect(sum["output_tokens"].integer == bill.output)
        #expect(sum["cost_micros"].integer == bill.input + 2 * bill.output)
        #expect(sum["estimated"].integer == 0 && sum["failed"].integer == 0)
    }

    @Test func theBooksAreTheProvidersAlsoAfterKills() throws {
        let provider = try MockProvider()
        let (server, file) = try Self.server(provider)
        defer { withExtendedLifetime((server, file)) {} }
        for round in 0..<3 {
            provider.set(round == 1 ? .chunked : .counting)
            let api = server.api
            try inParallel(
                (0..<6).map { index in
                    {
                        for _ in 0..<5 {
                            let isEmbedding = index == 5
                            let body: [String: Any] =
                                isEmbedding
                                ? ["model": "up", "input": "x"] : Self.chat(["stream": index.isMultiple(of: 2)])
                            _ = try api.call("POST", isEmbedding ? "/v1/embeddings" : "/v1/chat/completions", body)
                        }
                    }
                })
            let sessions = try (0..<4).map { _ in
                try api.post(
                    "/v1/agents/sessions",
                    ["agent": ["model": "up"], "environment": ["type": "none"], "input": "hello"])["id"].text ?? ""
            }
            for session in sessions { try api.wait(session) }
            // Stateless records are on the disk a second later, those of sessions with the answer.
            try eventually("the books are written", within: .seconds(2)) {
                try api.metric("holdfast_usage_backlog") == 0
            }
            for session in sessions {
                try api.say("again", to: session)
                try api.wait(session)
            }
            try server.kill()
            try server.start()
            try Self.expectBooks(of: server, toBe: provider.bill)
        }
        let byOperation = try server.api.get("/v1/usage?group_by=operation&group_by[]=target")["data"].list
        #expect(byOperation.map { $0["operation"].text } == ["chat", "embeddings", "session"])
        #expect(byOperation.map { $0["inferences"].integer } == [75, 15, 24])
        #expect(byOperation.allSatisfy { $0["target"].text == "mock/up" })
        let sessionRecord = try server.api.get("/v1/usage/records?limit=1")["data"][0]
        #expect(sessionRecord["turn"].text != nil && sessionRecord["first_token_ms"].integer != nil)
        server.child?.signal(SIGTERM)
        #expect(try server.child?.wait() == .exit(0))
        #expect(try server.command(["verify"]).status == .exit(0))
    }

    @Test func whatIsUsedBeforeAnOrderlyEndIsWritten() throws {
        let provider = try MockProvider()
        let (server, file) = try Self.server(provider)
        defer { withExtendedLifetime((server, file)) {} }
        for _ in 0..<5 { _ = try server.api.post("/v1/chat/completions", Self.chat()) }
        server.child?.signal(SIGTERM)
        #expect(try server.child?.wait() == .exit(0))
        try server.start()
        try Self.expectBooks(of: server, toBe: provider.bill)
    }

    @Test func theClientSeesTheUsageOnlyWhenItAsks() throws {
        let provider = try MockProvider(.good(input: 7, output: 3))
        let (server, file) = try Self.server(provider)
        defer { withExtendedLifetime((server, file)) {} }
        let asked: [(Any?, Bool)] = [
            (nil, false), (["include_usage": false, "x": 1] as [String: Any], false), (NSNull(), false),
            (["include_usage": true], true),
        ]
        for (options, isShown) in asked {
            var body = Self.chat(["stream": true])
            body["stream_options"] = options
            let response = try server.api.call("POST", "/v1/chat/completions", body)
            #expect(response.text.contains(#""usage":{"prompt_tokens":7"#) == isShown, "\(response.text)")
            #expect(response.text.hasSuffix("data: [DONE]\n\n"))
            #expect(response.text.components(separatedBy: "data: ").count == (isShown ? 7 : 6))
            #expect(
                response.headers["x-holdfast-target"] == "mock/up" && response.headers["x-holdfast-attempts"] == "1")
        }
        #expect(provider.requests.allSatisfy { $0.contains(#""include_usage":true"#) })
        #expect(provider.requests[1].contains(#""x":1"#))
        try eventually("all are in the books") { try Self.total(server.api)["inferences"].integer == 4 }
        try Self.expectBooks(of: server, toBe: provider.bill)
    }

    @Test func aClientThatLeavesPaysForWhatItSaw() throws {
        let provider = try MockProvider(.hangs)
        let (server, file) = try Self.server(provider)
        defer { withExtendedLifetime((server, file)) {} }
        let client = try Socket(port: server.port)
        try client.send(
            server.api.request("POST", "/v1/chat/completions", try JSONValue.bytes(Self.chat(["stream": true]))))
        #expect(try client.head(until: .now + .seconds(10)).status == 200)
        _ = try client.chunk(until: .now + .seconds(10))
        client.close()
        var record = JSONValue(raw: nil)
        try eventually("it is in the books", within: .seconds(3)) {
            record = try server.api.get("/v1/usage/records")["data"][0]
            return record["outcome"].text == "cancelled"
        }
        #expect(record["estimated"].flag == true && record["status"].integer == 499)
        #expect(record["input_tokens"].integer ?? 0 > 0 && record["output_tokens"].integer == 3)
        #expect(record["cost_micros"].integer ?? 0 > 0)
    }

    @Test func nothingBeginsThatCannotBeRecorded() throws {
        let provider = try MockProvider()
        let (server, file) = try Self.server(provider, more: "limits: {usage_queue: 1}")
        defer { withExtendedLifetime((server, file)) {} }
        var refused: Response?
        try eventually("a request finds the queue full") {
            let response = try server.api.call("POST", "/v1/chat/completions", Self.chat())
            if response.status != 200 { refused = response }
            return refused != nil
        }
        let refusal = try #require(refused)
        Refusal.expect(refusal, "a full queue", status: 503...503, code: "usage_backlog")
        #expect(refusal.headers["retry-after"] != nil)
        try eventually("it goes on") {
            try server.api.call("POST", "/v1/chat/completions", Self.chat()).status == 200
        }
        try eventually("the books are written") { try server.api.metric("holdfast_usage_backlog") == 0 }
        try Self.expectBooks(of: server, toBe: provider.bill)
    }

    @Test func failuresAreInTheBooksWithoutTokens() throws {
        let provider = try MockProvider(.status(400, headers: ""))
        let (server, file) = try Self.server(provider)
        defer { withExtendedLifetime((server, file)) {} }
        #expect(try server.api.call("POST", "/v1/chat/completions", Self.chat()).status == 400)
        provider.set(.breaksOff)
        let response = try? server.api.call("POST", "/v1/chat/completions", Self.chat(["stream": true]))
        #expect(response == nil, "half an answer is none")
        try eventually("both are in the books") { try Self.total(server.api)["failed"].integer == 2 }
        let records = try server.api.get("/v1/usage/records?order=desc")["data"].list
        #expect(records[1]["status"].integer == 400 && records[1]["input_tokens"].integer == 0)
        #expect(records[0]["estimated"].flag == true && records[0]["output_tokens"].integer == 1)
    }

    @Test func projectsSeeTheirOwnAndPagesGoOn() throws {
        let provider = try MockProvider()
        let (server, file) = try Self.server(provider)
        defer { withExtendedLifetime((server, file)) {} }
        let made = try server.command(["keys", "create", "--project", "other"])
        let other = API(port: server.port, key: made.output.split(separator: "\n").first.map(String.init) ?? "")
        for model in ["up1", "up2", "up,%3"] {
            _ = try server.api.post("/v1/chat/completions", Self.chat(["model": model]))
        }
        _ = try other.post("/v1/chat/completions", Self.chat(["model": "up1"]))
        try eventually("all are in the books") {
            try Self.total(server.api)["inferences"].integer == 3 && Self.total(other)["inferences"].integer == 1
        }
        #expect(try other.get("/v1/usage?group_by=project,key")["data"].list.map { $0["project"].text } == ["other"])
        #expect(try other.get("/v1/usage/records")["data"].list.count == 1)
        var models: [String] = []
        var after = ""
        while true {
            let page = try server.api.get("/v1/usage?group_by=model&limit=1\(after)")
            models += page["data"].list.compactMap { $0["model"].text }
            guard page["has_more"].flag == true else { break }
            let id = page["last_id"].text ?? ""
            after = "&after=" + (id.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")
        }
        #expect(models == ["up,%3", "up1", "up2"])
        let now = Int(Date().timeIntervalSince1970)
        #expect(try server.api.get("/v1/usage?end_time=\(now - 3_600)")["data"].list.isEmpty)
        #expect(try Self.total(server.api, "group_by=day,hour&start_time=\(now - 3_600)")["hour"].integer != nil)
        for bad in ["group_by=nobody", "start_time=x", "end_time=-1", "limit=0", "after=a,b"] {
            Refusal.expect(try server.api.call("GET", "/v1/usage?\(bad)"), bad, status: 400...400)
        }
        Refusal.expect(try server.api.call("GET", "/v1/usage/records?after=x"), "after", status: 400...400)
        let metrics = try server.api.call("GET", "/metrics").text
        let series = #"{operation="chat",model="up1",target="mock/up1",outcome="completed"}"#
        #expect(metrics.contains("holdfast_inferences_total\(series) 2\n"))
        #expect(metrics.contains("holdfast_inference_cost_micros_total\(series)"))
        let table = try server.command(["usage", "--group-by", "model,day", "--since", "1h"]).output
        #expect(table.contains("up1") && table.contains("MODEL") && table.contains("$0.0000"), "\(table)")
        let json = try JSONValue(parsing: try server.command(["usage", "--json"]).output)
        #expect(json["data"].list.reduce(0) { $0 + ($1["inferences"].integer ?? 0) } == 4)
    }

    @Test func nothingButTheRecordIsKept() throws {
        let provider = try MockProvider()
        let (server, file) = try Self.server(provider)
        defer { withExtendedLifetime((server, file)) {} }
        let marker = "marker-5e1d0b"
        for isStreamed in [true, false] {
            let body: [String: Any] = [
                "model": "up", "stream": isStreamed, "messages": [["role": "user", "content": marker]],
            ]
            #expect(try server.api.call("POST", "/v1/chat/completions", body).status == 200)
        }
        try eventually("both are in the books") { try Self.total(server.api)["inferences"].integer == 2 }
        server.child?.signal(SIGTERM)
        #expect(try server.child?.wait() == .exit(0))
        #expect(provider.requests.allSatisfy { $0.contains(marker) })
        for (path, status) in try Files.tree(server.data) where Files.isRegular(status) {
            let data = try Data(contentsOf: URL(fileURLWithPath: path))
            #expect(data.range(of: Data(marker.utf8)) == nil, "\(path) has the request")
            #expect(data.range(of: Data("of words".utf8)) == nil, "\(path) has the answer")
        }
    }
}
