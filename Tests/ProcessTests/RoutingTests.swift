import Glibc
import Testing

/// Named routes: who is asked, in which order, and who is left alone.
@Suite(.ownThread)
struct RoutingTests {
    /// A server with a route `fast` to these providers in their order.
    private final class Setup {
        let server: TestServer
        private let file: ConfigurationFile

        init(_ providers: [MockProvider], route: String = "", target: String = "", more: String = "") throws {
            var yaml = "providers:\n"
            for (index, provider) in providers.enumerated() {
                yaml +=
                    "  p\(index):\n    base_url: http://127.0.0.1:\(provider.port)/v1\n    models: [\"only\(index)\"]\n"
            }
            yaml += "  dead:\n    base_url: http://127.0.0.1:1/v1\n    models: [\"dead\"]\n"
            yaml += "routes:\n  fast.v1:\n\(route)    targets:\n"
            for index in providers.indices {
                yaml += "      t\(index): {provider: p\(index), model: m\(index)\(target)}\n"
            }
            file = try ConfigurationFile(yaml + more)
            server = try TestServer(file.environment)
        }

        func chat(_ model: String = "fast.v1", stream: Bool = false) throws -> Response {
            let messages = [["role": "user", "content": "hello"]]
            return try server.api.call(
                "POST", "/v1/chat/completions",
                ["model": model, "stream": stream, "messages": messages] as [String: Any])
        }

        /// The first provider by its name, and how many were asked.
        func expect(
            _ target: String, attempts: Int, status: Int = 200, stream: Bool = false,
            at location: SourceLocation = #_sourceLocation
        ) throws {
            let response = try chat(stream: stream)
            #expect(response.status == status, "\(response.text)", sourceLocation: location)
            #expect(response.headers["x-holdfast-target"] == target, sourceLocation: location)
            #expect(response.headers["x-holdfast-attempts"] == "\(attempts)", sourceLocation: location)
        }
    }

    @Test func failuresGoToTheNextTarget() throws {
        let providers = try [MockProvider(), MockProvider(), MockProvider(.good(input: 1, output: 1))]
        let setup = try Setup(providers, more: "limits: {breaker_failures: 100}\n")
        for status in [408, 429, 500, 503, 529] {
            for provider in providers.prefix(2) { provider.set(.status(status, headers: "")) }
            for stream in [true, false] { try setup.expect("p2/m2", attempts: 3, stream: stream) }
            for provider in providers.prefix(2) { provider.set(.good(input: 1, output: 1)) }
            try setup.expect("p0/m0", attempts: 1)
        }
        for status in [400, 404, 422] {
            providers[0].set(.status(status, headers: ""))
            try setup.expect("p0/m0", attempts: 1, status: status)
        }
        #expect(providers[0].requests.allSatisfy { $0.contains(#""model":"m0""#) })
        try eventually("the attempts are in the books") {
            try setup.server.api.get("/v1/usage?group_by=target,outcome")["data"].list.map {
                "\($0["target"].text ?? "") \($0["outcome"].text ?? "") \($0["attempts"].integer ?? 0)"
            } == ["p0/m0 completed 5", "p0/m0 failed 3", "p2/m2 completed 30"]
        }
    }

    @Test func aRefusedConnectionIsAFailureToo() throws {
        let provider = try MockProvider()
        let setup = try Setup(
            [provider],
            more:
                "  other:\n    targets:\n      a: {provider: dead, model: x}\n      b: {provider: p0, model: m}\nlimits: {breaker_failures: 2}\n"
        )
        for attempts in ["2", "2", "1", "1"] {
            let response = try setup.chat("other")
            #expect(response.status == 200 && response.headers["x-holdfast-target"] == "p0/m")
            #expect(response.headers["x-holdfast-attempts"] == attempts)
        }
        #expect(
            try setup.server.api.get("/v1/models")["data"].list.map { $0["id"].text }.prefix(2) == ["fast.v1", "other"])
    }

    @Test func aSilentTargetCostsOneTimeoutUntilItIsBack() throws {
        let providers = try [MockProvider(.silent), MockProvider()]
        let setup = try Setup(
            providers, target: ", first_byte_time: 500ms", more: "limits: {breaker_pause: 1500ms}\n")
        let start = ContinuousClock.now
        try setup.expect("p1/m1", attempts: 2, stream: true)
        #expect(ContinuousClock.now - start >= .milliseconds(500))
        let second = ContinuousClock.now
        for _ in 0..<5 { try setup.expect("p1/m1", attempts: 1) }
        #expect(ContinuousClock.now - second < .milliseconds(500))
        #expect(providers[0].requests.count == 1)
        let metrics = try setup.server.api.call("GET", "/metrics").text
        #expect(metrics.contains(#"holdfast_target_open{route="fast.v1",target="p0/m0"} 0"#))
        providers[0].set(.counting)
        try eventually("a probe finds it back", within: .seconds(5)) {
            try setup.chat().headers["x-holdfast-target"] == "p0/m0"
        }
        #expect(providers[0].requests.count == 2)
        try setup.expect("p0/m0", attempts: 1)
    }

    @Test func retryAfterIsHonoured() throws {
        let providers = try [MockProvider(.status(429, headers: "retry-after: 2\r\n")), MockProvider()]
        let setup = try Setup(providers)
        try setup.expect("p1/m1", attempts: 2)
        for _ in 0..<3 { try setup.expect("p1/m1", attempts: 1) }
        #expect(providers[0].requests.count == 1)
        providers[0].set(.counting)
        try eventually("the pause is over", within: .seconds(5)) {
            try setup.chat().headers["x-holdfast-target"] == "p0/m0"
        }
    }

    @Test func theClientHearsOfTheShortestWait() throws {
        let providers = try [
            MockProvider(.status(503, headers: "retry-after: 9\r\n")),
            MockProvider(.status(429, headers: "retry-after: 40\r\n")),
        ]
        let setup = try Setup(providers)
        let first = try setup.chat()
        #expect(first.status == 429 && first.headers["retry-after"] == "9" && first.text.contains("the mock says 429"))
        #expect(first.headers["x-holdfast-target"] == "p1/m1" && first.headers["x-holdfast-attempts"] == "2")
        let second = try setup.chat(stream: true)
        Refusal.expect(second, "all are paused", status: 429...429, code: "rate_limit_exceeded")
        #expect((1...9).contains(Int(second.headers["retry-after"] ?? "") ?? 0))
        #expect(second.headers["x-holdfast-attempts"] == "0" && second.headers["x-holdfast-target"] == nil)
        #expect(providers.map(\.requests.count) == [1, 1])
    }

    @Test func nobodyElseIsAskedOnceBytesWentOut() throws {
        let providers = try [MockProvider(.breaksOff), MockProvider()]
        let setup = try Setup(providers)
        #expect((try? setup.chat(stream: true)) == nil, "half an answer is none")
        #expect(providers[1].requests.isEmpty)
    }

    @Test func aRouteMayStartAgain() throws {
        let providers = try [MockProvider(.breaksOff), MockProvider()]
        let setup = try Setup(providers, route: "    restart: true\n")
        let response = try setup.chat(stream: true)
        #expect(response.text.contains("broken") && response.text.hasSuffix("data: [DONE]\n\n"))
        #expect(providers[1].requests.count == 1)
        try eventually("it is in the books") {
            let record = try setup.server.api.get("/v1/usage/records")["data"][0]
            return record["attempts"].integer == 2 && record["target"].text == "p1/m1"
                && record["estimated"].flag == true && record["outcome"].text == "completed"
        }
    }

    @Test func limitsRefuseWithAWait() throws {
        let providers = try [MockProvider(.hangs)]
        let setup = try Setup(
            providers, target: ", concurrency: 1",
            more: "  rare:\n    requests_per_minute: 2\n    targets:\n      a: {provider: scripted, model: scripted}\n")
        let client = try Socket(port: setup.server.port)
        let body: [String: Any] = ["model": "fast.v1", "stream": true, "messages": [[String: Any]]()]
        try client.send(setup.server.api.request("POST", "/v1/chat/completions", try JSONValue.bytes(body)))
        #expect(try client.head(until: .now + .seconds(10)).status == 200)
        let refused = try setup.chat()
        Refusal.expect(refused, "one at a time", status: 429...429, code: "rate_limit_exceeded")
        #expect(refused.headers["retry-after"] == "1")
        client.close()
        providers[0].set(.counting)
        try eventually("the place is free") { try setup.chat().status == 200 }
        for stream in [false, true] {
            let response = try setup.server.api.call(
                "POST", "/v1/chat/completions",
                ["model": "rare", "stream": stream, "messages": [["role": "user", "content": "say hi"]]]
                    as [String: Any])
            #expect(response.status == 200 && response.headers["x-holdfast-target"] == "scripted/scripted")
        }
        let third = try setup.chat("rare")
        Refusal.expect(third, "two a minute", status: 429...429, code: "rate_limit_exceeded")
        #expect((1...30).contains(Int(third.headers["retry-after"] ?? "") ?? 0))
    }

    @Test func sessionsUseRoutesToo() throws {
        let providers = try [MockProvider(.status(500, headers: "")), MockProvider(.good(input: 11, output: 5))]
        let setup = try Setup(providers, route: "    order: ordered\n")
        let session =
            try setup.server.api.post(
                "/v1/agents/sessions",
                ["agent": ["model": "fast.v1"], "environment": ["type": "none"], "input": "hello"])["id"].text ?? ""
        try setup.server.api.wait(session)
        let record = try setup.server.api.get("/v1/usage/records")["data"][0]
        #expect(record["session"].text == session && record["operation"].text == "session")
        #expect(record["route"].text == "fast.v1" && record["target"].text == "p1/m1")
        #expect(record["attempts"].integer == 2 && record["input_tokens"].integer == 11)
    }

    @Test func keysAndProjectsAreLimitedToRoutes() throws {
        let provider = try MockProvider()
        let setup = try Setup([provider], more: "projects:\n  small:\n    models: [\"fast*\", \"scripted\"]\n")
        let server = setup.server
        func key(_ arguments: String...) throws -> API {
            let made = try server.command(["keys", "create"] + arguments)
            #expect(made.status == .exit(0), "\(made.output)")
            return API(port: server.port, key: made.output.split(separator: "\n").first.map(String.init) ?? "")
        }
        let limited = try key("--model", "fast.v1", "--model", "only*")
        let inProject = try key("--project", "small")
        let both = try key("--project", "small", "--model", "fast.v1", "--model", "only0")
        let allowed: [(API, [String])] = [
            (limited, ["fast.v1", "only0"]), (inProject, ["fast.v1", "scripted"]), (both, ["fast.v1"]),
        ]
        for (api, models) in allowed {
            #expect(try api.get("/v1/models")["data"].list.compactMap { $0["id"].text } == models)
            for model in ["fast.v1", "only0", "scripted"] {
                let body: [String: Any] = ["model": model, "messages": [["role": "user", "content": "say hi"]]]
                let response = try api.call("POST", "/v1/chat/completions", body)
                let session: [String: Any] = [
                    "agent": ["model": model], "environment": ["type": "none"], "input": "say hi",
                ]
                if models.contains(model) {
                    #expect(response.status == 200)
                    #expect(try api.get("/v1/models/\(model)")["id"].text == model)
                    _ = try api.post("/v1/agents/sessions", session)
                    continue
                }
                Refusal.expect(response, model, status: 403...403, code: "model_not_allowed", param: "model")
                Refusal.expect(
                    try api.call("POST", "/v1/embeddings", ["model": model, "input": "x"]), model, status: 403...403)
                Refusal.expect(try api.call("GET", "/v1/models/\(model)"), model, status: 404...404)
                Refusal.expect(
                    try api.call("POST", "/v1/agents/sessions", session), model, status: 403...403,
                    code: "model_not_allowed", param: "agent.model")
            }
        }
        let foreign = try server.api.newSession("say hello")
        Refusal.expect(
            try limited.call("POST", "/v1/agents/sessions/\(foreign)/events", API.message("say hi")), "an input",
            status: 403...403, code: "model_not_allowed")
        Refusal.expect(try limited.call("POST", "/v1/keys", [:]), "a key for all", status: 400...400, param: "models")
        Refusal.expect(
            try limited.call("POST", "/v1/keys", ["models": ["scripted"]]), "a wider key", status: 403...403)
        #expect(try limited.post("/v1/keys", ["models": ["only0"]])["models"][0].text == "only0")
        try server.killAndRestart()
        #expect(try both.get("/v1/models")["data"].list.count == 1)
        #expect(try server.command(["keys", "list"]).output.contains("fast.v1 only*"))
    }
}
