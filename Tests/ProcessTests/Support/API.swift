/// A client with a key. Every request has a connection of its own.
struct API: Sendable {
    let port: Int
    let key: String?

    /// Sends a request whose body, if any, is a JSON object.
    func call(
        _ method: String, _ path: String, _ body: [String: Any]? = nil, headers: [String: String] = [:]
    ) throws -> Response {
        try send(method, path, try body.map(JSONValue.bytes), headers: headers)
    }

    /// Sends a request with these bytes as its body.
    func send(
        _ method: String, _ path: String, _ body: [UInt8]?, headers: [String: String] = [:],
        within limit: Duration = .seconds(20)
    ) throws -> Response {
        let socket = try Socket(port: port)
        try? socket.send(request(method, path, body, headers: headers, closes: true))
        return try socket.response(within: limit)
    }

    /// A request as it goes over the wire.
    func request(
        _ method: String, _ path: String, _ body: [UInt8]?, headers: [String: String] = [:], closes: Bool = false
    ) -> [UInt8] {
        var head = "\(method) \(path) HTTP/1.1\r\nhost: 127.0.0.1:\(port)\r\n"
        if let key { head += "authorization: Bearer \(key)\r\n" }
        if closes { head += "connection: close\r\n" }
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) { head += "\(name): \(value)\r\n" }
        if let body { head += "content-type: application/json\r\ncontent-length: \(body.count)\r\n" }
        return Array((head + "\r\n").utf8) + (body ?? [])
    }

    /// A response with this status, or an error that tells what came instead.
    func get(_ path: String, status: Int = 200) throws -> JSONValue {
        try expecting(status, "GET \(path)", try call("GET", path))
    }

    func post(
        _ path: String, _ body: [String: Any], headers: [String: String] = [:], status: Int = 200
    ) throws -> JSONValue {
        try expecting(status, "POST \(path)", try call("POST", path, body, headers: headers))
    }

    private func expecting(_ status: Int, _ what: String, _ response: Response) throws -> JSONValue {
        guard response.status == status else { throw Failure("\(what): \(response.status) \(response.text)") }
        return response.json
    }
}

extension API {
    /// A session's settings: the scripted model, with or without a workspace.
    static func settings(_ script: String?, hosted: Bool = false, tools: [[String: Any]] = []) -> [String: Any] {
        var settings: [String: Any] = [
            "agent": ["model": "scripted", "tools": tools] as [String: Any],
            "environment": ["type": hosted ? "openai_hosted" : "none"],
        ]
        if let script { settings["input"] = script }
        return settings
    }

    /// A new session's id.
    func newSession(_ script: String?, hosted: Bool = false, tools: [[String: Any]] = []) throws -> String {
        let session = try post("/v1/agents/sessions", Self.settings(script, hosted: hosted, tools: tools))
        return session["id"].text ?? ""
    }

    /// The body of a request that says something to a session.
    static func message(_ text: String) -> [String: Any] {
        let content = [["type": "input_text", "text": text]]
        let message: [String: Any] = ["type": "message", "role": "user", "content": content]
        return ["events": [["type": "agent.session.input.message", "input": [message]] as [String: Any]]]
    }

    /// The body of a request that answers a function call.
    static func result(of call: String, turn: String, _ output: String) -> [String: Any] {
        let result: [String: Any] = [
            "type": "agent.session.input.tool_result", "turn_id": turn, "call_id": call, "success": true,
            "output": output,
        ]
        return ["events": [result]]
    }

    /// Says something to a session; accepted when this returns.
    func say(_ text: String, to session: String) throws {
        _ = try post("/v1/agents/sessions/\(session)/events", Self.message(text), status: 202)
    }

    func status(of session: String) throws -> String {
        try get("/v1/agents/sessions/\(session)")["status"].text ?? ""
    }

    /// Waits until a session has this status.
    func wait(_ session: String, for status: String = "idle", within limit: Duration = .seconds(20)) throws {
        try eventually("session is \(status)", within: limit) { try self.status(of: session) == status }
    }

    /// All items, oldest first.
    func items(of session: String) throws -> [JSONValue] {
        try pages("/v1/agents/sessions/\(session)/items?order=asc&limit=100") { $0["id"].text }
    }

    /// All journal records.
    func journal(of session: String) throws -> [JSONValue] {
        try pages("/v1/agents/sessions/\(session)/journal?limit=1000") { $0["seq"].integer.map(String.init) }
    }

    private func pages(_ path: String, id: (JSONValue) -> String?) throws -> [JSONValue] {
        var entries: [JSONValue] = []
        while true {
            let after = entries.last.flatMap(id).map { "&after=\($0)" } ?? ""
            let page = try get(path + after)
            entries += page["data"].list
            if page["has_more"].flag != true { return entries }
        }
    }

    /// A number of `/metrics`.
    func metric(_ name: String) throws -> Int {
        let lines = try call("GET", "/metrics").text.split(separator: "\n")
        guard let line = lines.first(where: { $0.hasPrefix(name + " ") }),
            let value = Int(line.dropFirst(name.count + 1))
        else { throw Failure("no metric \(name)") }
        return value
    }
}

extension JSONValue {
    /// The text of a message item.
    var messageText: String { self["content"].list.compactMap { $0["text"].text }.joined() }

    func isMessage(of role: String) -> Bool { self["type"].text == "message" && self["role"].text == role }
}
