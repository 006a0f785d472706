/// What must hold for a session whatever happened to its server.
struct Promises {
    let server: TestServer
    let session: String

    /// The journal's sequence numbers are 1, 2, 3, … without a gap.
    func checkJournal() throws {
        let seqs = try server.api.journal(of: session).compactMap { $0["seq"].integer }
        try check(!seqs.isEmpty && seqs == Array(1...seqs.count), "the journal of \(session) has gaps: \(seqs)")
    }

    /// Everything in the log, read anew from its beginning to the journal's head. The session must be idle.
    func log() throws -> [StreamEvent] {
        let head = try server.api.journal(of: session).count
        let reader = server.follow(session, reconnects: false)
        defer { reader.stop() }
        try reader.wait(for: "the end of the log, seq \(head)") { $0.seq >= head && $0.name == "agent.session.idle" }
        return reader.events
    }

    /// A reader that began at the beginning and came back after every cut has the log: each event once, in order.
    func checkReader(_ reader: EventReader) throws {
        let log = try log()
        try eventually("the reader of \(session) has the whole log") { reader.events.count >= log.count }
        let seen = reader.events
        try check(Set(seen.map(\.id)).count == seen.count, "\(session): the reader saw an event twice")
        guard seen != log else { return }
        let place = zip(seen, log).enumerated().first { $1.0 != $1.1 }?.offset ?? min(seen.count, log.count)
        throw Failure(
            "\(session): the reader's event \(place) differs: \(seen.dropFirst(place).first as Any), "
                + "in the log: \(log.dropFirst(place).first as Any)")
    }

    /// An acknowledged message is there once, its turn is complete, and an answer follows it.
    func checkAnswered(_ text: String) throws {
        let items = try server.api.items(of: session)
        let places = items.indices.filter { items[$0].isMessage(of: "user") && items[$0].messageText == text }
        try check(places.count == 1, "\(session): \(places.count) items for the message \(text)")
        let turn = items[places[0]]["turn_id"].text ?? ""
        let answer = items[places[0]...].first { item in
            item["turn_id"].text == turn && item.isMessage(of: "assistant") && item["status"].text == "completed"
        }
        try check(answer != nil, "\(session): no answer to \(text)")
        let status = try server.api.get("/v1/agents/sessions/\(session)/turns/\(turn)")["status"].text
        try check(status == "completed", "\(session): the turn of \(text) is \(status ?? "-")")
    }

    /// A command that appends a token to a file of the workspace ran once, or at most once and says that its outcome
    /// is not known.
    func checkToken(_ token: String, file: String = "ran") throws {
        let count = server.workspaceFile(file, of: session).split(separator: "\n").count { $0 == token }
        let calls = try server.api.items(of: session).filter {
            $0["type"].text == "command_execution" && $0["command"].text?.contains("echo \(token) ") == true
        }
        try check(calls.count <= 1, "\(session): \(calls.count) calls with \(token)")
        try check(count <= calls.count, "\(session): \(token) stands \(count) times in the workspace")
        guard let call = calls.first else { return }
        if call["status"].text == "completed" {
            try check(count == 1, "\(session): \(token) is completed and stands \(count) times in the workspace")
        } else {
            try check(call.isUnknown, "\(session): \(token) neither completed nor unknown: \(call.raw as Any)")
        }
    }

    /// No item is left open.
    func checkClosed() throws {
        let open = try server.api.items(of: session).filter { $0["status"].text == "in_progress" }
        try check(open.isEmpty, "\(session): open items: \(open.map { JSONValue.line($0) }.joined(separator: "\n"))")
    }
}

extension JSONValue {
    /// Whether a command's item says that nobody knows whether it ran.
    var isUnknown: Bool {
        self["status"].text == "incomplete" && self["output"].text?.contains("outcome unknown") == true
    }
}
