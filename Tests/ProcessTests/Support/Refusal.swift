import Testing

/// What OpenAI's error envelope must look like.
enum Refusal {
    /// Whether a response refuses in the envelope, with a request id; `nil` when it does, else what is wrong.
    static func problem(_ response: Response, status: ClosedRange<Int> = 400...499) -> String? {
        guard status.contains(response.status) else { return "status \(response.status): \(response.text.prefix(300))" }
        guard let id = response.headers["x-request-id"], !id.isEmpty else { return "no x-request-id" }
        guard response.headers["content-type"]?.hasPrefix("application/json") == true else { return "no JSON" }
        let error = response.json["error"]
        guard error.names == ["message", "type", "param", "code"] else {
            return "no envelope: \(response.text.prefix(300))"
        }
        guard let message = error["message"].text, !message.isEmpty else { return "no message" }
        guard let type = error["type"].text, !type.isEmpty else { return "no type" }
        return nil
    }

    /// Records an issue unless a response refuses as it must.
    static func expect(
        _ response: Response, _ what: String, status: ClosedRange<Int> = 400...499, code: String? = nil,
        param: String? = nil, at location: SourceLocation = #_sourceLocation
    ) {
        let problem = problem(response, status: status)
        #expect(problem == nil, "\(what)", sourceLocation: location)
        let error = response.json["error"]
        if let code { #expect(error["code"].text == code, "\(what): \(response.text)", sourceLocation: location) }
        if let param { #expect(error["param"].text == param, "\(what): \(response.text)", sourceLocation: location) }
    }
}

/// How much a server has written, to show that a refused request wrote nothing.
struct Written {
    private let records: Int
    private let lists: [String]
    private let journals: [Int]

    init(_ api: API, sessions: [String] = []) throws {
        records = try api.metric("holdfast_store_records_total")
        lists = try ["/v1/agents", "/v1/agents/sessions", "/v1/keys"].map { try api.call("GET", $0).text }
        journals = try sessions.map { try api.journal(of: $0).count }
    }

    /// What is not as it was; empty when nothing was written.
    func difference(from before: Written) -> String {
        var parts: [String] = []
        if records != before.records { parts.append("\(records - before.records) records") }
        if journals != before.journals { parts.append("journals \(before.journals) → \(journals)") }
        for (old, new) in zip(before.lists, lists) where old != new { parts.append("list \(old) → \(new)") }
        return parts.joined(separator: "; ")
    }
}
