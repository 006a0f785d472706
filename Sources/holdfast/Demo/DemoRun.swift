import HoldfastCore

/// The demo from the first start of the server to the last check.
struct DemoRun: Sendable {
    let server: ServerProcess
    let client: APIClient
    let model: String
    let job: DemoJob
    let timeline: DemoTimeline
    let observer: DemoObserver
    /// The folder whose files the agent surveys.
    let sources: String

    /// Whether the embedded scripted model does the job.
    var isScripted: Bool { model == "scripted" }

    /// Does the job while the server is killed, settles what is unknown, and gathers the evidence.
    func run(kills moments: [DemoKiller.Moment]) async throws -> DemoEvidence {
        let session = try await begin()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await follow(session) }
            defer { group.cancelAll() }
            try await prepare(session)
            let killer = DemoKiller(server: server, observer: observer, timeline: timeline)
            timeline.show("•", .bold, "job", "\(job.steps.count) steps, \(moments.count) kills to come")
            try await client.send(
                [SessionInput.message(isScripted ? job.script : job.request)], to: session, idempotencyKey: "demo-job")
            let kills = try await killer.run(moments)
            try await rest(turns: 1)
            let settled = try await settle(session)
            return try await DemoEvidence.gather(self, session: session, kills: kills, settled: settled)
        }
    }

    /// Saves the agent and begins its session.
    private func begin() async throws -> String {
        let agent = try await client.post(
            "/agents",
            [
                "name": "Source surveyor", "model": .string(model),
                "instructions": "You survey source trees with small shell commands, step by step, and never guess.",
            ])
        timeline.show("•", .bold, "agent", "\(agent.text("id")) saved: \(agent.text("name")), model \(model)")
        let session = try await client.post(
            "/agents/sessions",
            [
                "agent_id": agent["id"] ?? .null, "environment": ["type": "openai_hosted"],
                "metadata": ["made_by": "holdfast demo"],
            ])
        timeline.show("•", .bold, "session", session.text("id"))
        return session.text("id")
    }

    /// Waits for the sandbox and puts the sources into the workspace.
    private func prepare(_ session: String) async throws {
        try await observer.wait("the sandbox", .seconds(60)) { ["ready", "connected"].contains($0.environment) }
        let names = try DemoFiles.sources(sources)
        try DemoFiles.copy(names, from: sources, to: workspace(session))
        timeline.show("•", .bold, "files", "\(Text.count(names.count, "source file")) copied to /workspace/src")
    }

    /// Follows the session over every crash.
    private func follow(_ session: String) async throws {
        let observer = observer
        let follower = EventFollower(client: client, session: session) { observer.note($0) }
        try await follower.follow(from: .beginning) { event in
            observer.take(event)
            return true
        }
    }

    private func rest(turns: Int) async throws {
        try await observer.wait("the end of turn \(turns)", .seconds(isScripted ? 120 : 900)) {
            $0.turnsEnded >= turns && $0.isIdle
        }
    }

    /// Deals with the steps whose outcome is unknown: looks for the token, and does the step if it is missing.
    private func settle(_ session: String) async throws -> [Int: String] {
        var settled: [Int: String] = [:]
        for call in observer.now.calls where call.outcome == .unknown && call.turn == 1 {
            guard let number = call.step, settled[number] == nil else { continue }
            let step = job.steps[number - 1]
            timeline.show(
                "?", .yellow, "step \(number)", "unknown: the agent looks into steps.log before it repeats anything")
            let before = observer.now
            let text = isScripted ? step.settlement : DemoText.question(step)
            try await client.send([SessionInput.message(text)], to: session, idempotencyKey: "demo-settle-\(number)")
            try await rest(turns: before.turnsEnded + 1)
            let answers = observer.now.calls.filter { $0.turn == before.turnsEnded + 1 }
            settled[number] = Text.oneLine(answers.last?.output ?? "")
        }
        return settled
    }

    /// Where the session's files are on this machine.
    func workspace(_ session: String) -> String { "\(server.data)/workspaces/\(session)" }
}

/// What a model that reads is told.
enum DemoText {
    /// Asks to settle a step of unknown outcome.
    static func question(_ step: DemoStep) -> String {
        guard step.isLogged else {
            return "The outcome of step \(step.number) (\(step.title)) is unknown. Do it again: it is safe to repeat."
        }
        return """
            The outcome of step \(step.number) is unknown. Run this one command, which repeats the step only if it did \
            not happen, and do nothing else: \(step.settlement.dropFirst("call shell ".count))
            """
    }
}
