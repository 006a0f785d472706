import HoldfastCore

/// Everything that the checks compare: what was seen live, what a replay shows, the journal, and the tools' own log.
struct DemoEvidence: Sendable {
    /// One line that a shell step wrote.
    struct LogLine: Sendable, Equatable {
        var step: Int
        var token: String
        var time: Int64
    }

    var session: String
    var job: DemoJob
    var kills: [DemoKiller.Kill]
    /// The steps of unknown outcome, and what became of them.
    var settled: [Int: String]
    var live: DemoObserver.Seen
    /// The whole stream, read again from its beginning.
    var replay: [(id: String, body: JSON)]
    var journal: [JSON]
    var log: [LogLine]
    /// Lines of the log that are not understood.
    var strangeLines: [String]

    /// Reads everything once the session rests.
    static func gather(
        _ run: DemoRun, session: String, kills: [DemoKiller.Kill], settled: [Int: String]
    ) async throws -> DemoEvidence {
        let live = run.observer.now
        let (lines, strange) = parse(try DemoFiles.text("\(run.workspace(session))/steps.log"))
        return DemoEvidence(
            session: session, job: run.job, kills: kills, settled: settled, live: live,
            replay: try await replay(run.client, session, to: live.events.last?.id ?? ""),
            journal: try await journal(run.client, session), log: lines, strangeLines: strange)
    }

    /// Reads the lines `STEP n token time`.
    static func parse(_ text: String) -> ([LogLine], strange: [String]) {
        var lines: [LogLine] = []
        var strange: [String] = []
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: " ")
            if fields.count == 4, fields[0] == "STEP", let step = Int(fields[1]), let time = Int64(fields[3]) {
                lines.append(LogLine(step: step, token: String(fields[2]), time: time))
            } else {
                strange.append(String(line))
            }
        }
        return (lines, strange)
    }

    private static func replay(
        _ client: APIClient, _ session: String, to last: String
    ) async throws -> [(id: String, body: JSON)] {
        var events: [(id: String, body: JSON)] = []
        try await EventFollower(client: client, session: session).follow(from: .beginning) { event in
            events.append((event.id, event.body))
            return event.id != last
        }
        return events
    }

    private static func journal(_ client: APIClient, _ session: String) async throws -> [JSON] {
        var records: [JSON] = []
        while true {
            let page = try await client.journal(of: session, after: records.last?.number("seq") ?? 0)
            records += page.list("data")
            guard page["has_more"]?.bool == true, !page.list("data").isEmpty else { return records }
        }
    }
}
