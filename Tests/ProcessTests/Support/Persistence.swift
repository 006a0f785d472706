/// A client that does not give up: while the server is away or refuses for now, it asks again.
struct PersistentClient: Sendable {
    let api: API

    /// Says something with an idempotency key until it is acknowledged.
    func say(_ text: String, to session: String, key: String) throws {
        let body = try JSONValue.bytes(API.message(text))
        let path = "/v1/agents/sessions/\(session)/events"
        try eventually("the message \(key) is accepted", within: .seconds(60)) {
            guard let response = try? api.send("POST", path, body, headers: ["idempotency-key": key]) else {
                return false
            }
            if response.status == 202 { return true }
            guard response.status == 503 else { throw Failure("\(key): \(response.status) \(response.text)") }
            return false
        }
    }

    /// Makes a session. When the answer is lost a further one is made.
    func newSession(_ script: String?, hosted: Bool) throws -> String {
        try waitFor("a session", within: .seconds(60)) { try? api.newSession(script, hosted: hosted) }
    }

    /// Waits until a session is idle.
    func waitUntilIdle(_ session: String) throws {
        try eventually("\(session) is idle", within: .seconds(60)) { (try? api.status(of: session)) == "idle" }
    }
}
