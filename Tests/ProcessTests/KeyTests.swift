import Testing

/// Who may see what: keys and projects.
@Suite(.ownThread)
struct KeyTests {
    @Test func everyRouteButHealthNeedsAKey() throws {
        let server = try TestServer()
        let token = server.api.key ?? ""
        let wrong = String(token.dropLast()) + (token.hasSuffix("0") ? "1" : "0")
        let headers: [(String, [String: String])] = [
            ("no key", [:]), ("wrong secret", ["authorization": "Bearer \(wrong)"]),
            ("unknown id", ["authorization": "Bearer hf_nobody_\(token.suffix(52))"]),
            ("no bearer", ["authorization": token]), ("empty", ["authorization": "Bearer "]),
            ("basic", ["authorization": "Basic aGY6aGY="]),
            ("long", ["authorization": "Bearer hf_a_" + wrong + wrong + wrong]),
        ]
        let stranger = API(port: server.port, key: nil)
        let before = try Written(server.api)
        for (what, header) in headers {
            for operation in Operations.all {
                let body: [String: Any]? = operation.method == "POST" ? ["model": "scripted"] : nil
                let response = try stranger.call(operation.method, operation.path(), body, headers: header)
                Refusal.expect(response, "\(what): \(operation)", status: 401...401)
            }
            for (method, path) in [
                ("GET", "/metrics"), ("GET", "/v1/keys"), ("POST", "/v1/keys"), ("DELETE", "/v1/keys/x"),
                ("GET", "/v1/usage"), ("GET", "/v1/usage/records"),
                ("GET", "/v1/agents/sessions/x/journal"),
            ] {
                Refusal.expect(
                    try stranger.call(method, path, headers: header), "\(what): \(method) \(path)", status: 401...401)
            }
        }
        #expect(try Written(server.api).difference(from: before) == "")
        for path in ["/healthz", "/readyz"] { #expect(try stranger.call("GET", path).status == 200) }
    }

    @Test func aRevokedKeyOpensNothingAndItsStreamsEnd() throws {
        let server = try TestServer()
        let made = try server.command(["keys", "create", "--name", "second"])
        #expect(made.status == .exit(0) && made.output.hasPrefix("hf_"))
        let token = made.output.split(separator: "\n").first.map(String.init) ?? ""
        let second = API(port: server.port, key: token)
        let session = try second.newSession("say hello")
        try second.wait(session)
        let streams = (0..<3).map { _ in server.follow(session, reconnects: false, api: second) }
        let own = server.follow(session, reconnects: false)
        try eventually("the streams are open") { (streams + [own]).allSatisfy { $0.connections == 1 } }
        let id = token.split(separator: "_")[1]
        #expect(try server.command(["keys", "revoke", String(id)]).status == .exit(0))
        try eventually("the key's streams end", within: .seconds(5)) { streams.allSatisfy(\.hasEnded) }
        #expect(!own.hasEnded, "another key's stream goes on")
        Refusal.expect(
            try second.call("GET", "/v1/agents"), "a revoked key", status: 401...401, code: "invalid_api_key")
        try server.killAndRestart()
        Refusal.expect(try second.call("GET", "/v1/agents"), "after a restart", status: 401...401)
    }

    @Test func anotherProjectsIDsAreAsUnknownOnes() throws {
        let server = try TestServer()
        let made = try server.command(["keys", "create", "--project", "other"])
        let other = API(port: server.port, key: made.output.split(separator: "\n").first.map(String.init) ?? "")
        let agent = try server.api.post("/v1/agents", ["model": "scripted", "name": "mine"])["id"].text ?? ""
        let session = try server.api.newSession("say hello")
        try server.api.wait(session)
        let turn = try server.api.get("/v1/agents/sessions/\(session)/turns")["data"][0]["id"].text ?? ""
        let key = try server.api.get("/v1/keys")["data"][0]["id"].text ?? ""
        let mine = ["agent_id": agent, "session_id": session, "turn_id": turn, "key_id": key]
        // As long and as well-formed as the real ones, but of nothing.
        let nothing = mine.mapValues { id in
            String(id.prefix(6)) + String(id.dropFirst(6).map { $0 == "0" ? "1" : "0" })
        }
        let before = try Written(server.api, sessions: [session])
        let operations = Operations.all.filter { $0.template.contains("{") }
        let requests =
            operations.map { ($0.method, $0.path(mine), $0.path(nothing)) } + [
                (
                    "GET", "/v1/agents/sessions/\(session)/journal",
                    "/v1/agents/sessions/\(nothing["session_id"]!)/journal"
                ),
                ("DELETE", "/v1/keys/\(key)", "/v1/keys/\(nothing["key_id"]!)"),
            ]
        for (method, foreign, unknown) in requests {
            let isInput = method == "POST" && foreign.hasSuffix("/events")
            let body: [String: Any]? =
                method == "POST" ? (isInput ? API.message("say no") : ["metadata": ["a": "b"]]) : nil
            let first = try other.call(method, foreign, body)
            let second = try other.call(method, unknown, body)
            #expect(
                first.status == second.status && [404, 501].contains(first.status),
                "\(method) \(foreign): \(first.text)")
            #expect(Self.masked(first.text, mine) == Self.masked(second.text, nothing), "\(method) \(foreign)")
            #expect(first.headers.keys.sorted() == second.headers.keys.sorted(), "\(method) \(foreign)")
        }
        for id in [agent, nothing["agent_id"]!] {
            var settings = API.settings("say no")
            settings["agent_id"] = id
            Refusal.expect(try other.call("POST", "/v1/agents/sessions", settings), "agent \(id)", status: 404...404)
        }
        for path in ["/v1/agents", "/v1/agents/sessions"] {
            #expect(try other.get(path)["data"].list.isEmpty, "\(path) shows the key's project only")
            #expect(try other.get(path + "?agent_id=\(agent)")["data"].list.isEmpty)
        }
        #expect(try other.get("/v1/keys")["data"].list.count == 1)
        #expect(try Written(server.api, sessions: [session]).difference(from: before) == "")
    }

    private static func masked(_ text: String, _ ids: [String: String]) -> String {
        ids.values.reduce(text) { $0.replacing($1, with: "ID") }
    }
}
