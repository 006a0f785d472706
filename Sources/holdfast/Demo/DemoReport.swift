import HoldfastCore

/// The end of the demo: the timeline as a table, the checks, and how to go on.
struct DemoReport {
    let evidence: DemoEvidence
    let checks: [DemoCheck]
    let server: ServerProcess
    let key: String
    let model: String

    /// Prints everything for a person.
    func print() {
        Terminal.line("\n" + Style.bold("Timeline"))
        table().lines(indent: "  ").forEach { Terminal.line($0) }
        Terminal.line("\n" + Style.bold("Checks"))
        for check in checks {
            Terminal.line("  \(check.holds ? Style.green("✔") : Style.red("✖")) \(check.claim)")
            check.problems.forEach { Terminal.line(Style.red("      \(Text.safe($0))")) }
        }
        Terminal.line("\n  " + verdict)
        Terminal.line("\n" + Style.bold("Go on"))
        goOn().forEach { Terminal.line("  \($0)") }
    }

    private var verdict: String {
        let failed = checks.filter { !$0.holds }.count
        guard failed == 0 else { return Style.red("\(failed) of \(checks.count) checks failed.") }
        let kills = Text.count(evidence.kills.count, "kill")
        let steps = Text.count(evidence.job.steps.count, "step")
        return Style.green("All \(checks.count) checks hold: \(steps), \(kills), nothing lost and nothing done twice.")
    }

    /// The result for programs.
    var json: JSON {
        let list = checks.map { check -> JSON in
            [
                "claim": .string(check.claim), "holds": .bool(check.holds),
                "problems": .array(check.problems.map { .string($0) }),
            ]
        }
        let kills = evidence.kills.map { kill -> JSON in
            [
                "at_ms": .integer(kill.at.milliseconds), "during": .string(kill.during),
                "recovery_ms": .integer(kill.recovery.milliseconds),
            ]
        }
        let unknown = evidence.settled.keys.sorted().map { JSON.integer(Int64($0)) }
        return [
            "session": .string(evidence.session), "steps": .integer(Int64(evidence.job.steps.count)),
            "unknown_steps": .array(unknown), "kills": .array(kills), "checks": .array(list),
            "ok": .bool(checks.allSatisfy(\.holds)),
        ]
    }

    private func table() -> Table {
        var table = Table("at", "step", "tool", "took", "outcome", "in log", "what")
        var kills = evidence.kills[...]
        for call in evidence.live.calls {
            while let kill = kills.first, kill.at < call.startedAt {
                add(kills.removeFirst(), to: &table)
            }
            add(call, to: &table)
        }
        kills.forEach { add($0, to: &table) }
        return table
    }

    private func add(_ kill: DemoKiller.Kill, to table: inout Table) {
        let back = "back after \(Moments.length(kill.recovery)); \(kill.during)"
        table.add(
            .init(Moments.seconds(kill.at) + " s", .dim), .init("☠", .red), .init("SIGKILL", .red), "", "", "",
            .init(back, .red))
    }

    private func add(_ call: DemoCall, to table: inout Table) {
        let step = call.step.map { evidence.job.steps[$0 - 1] }
        let lines = step.map { step in evidence.log.filter { $0.token == step.token }.count }
        let took = call.endedAt.map { Moments.seconds($0 - call.startedAt) + " s" } ?? "–"
        var what = step?.title ?? Text.oneLine(call.output)
        if let number = call.settles { what = "step \(number) looked up: " + what }
        if call.outcome == .unknown, let number = call.step {
            what += evidence.settled[number] == nil ? "" : " (dealt with, see below)"
        }
        let inLog = step?.isLogged == true ? "\(lines ?? 0)×" : "–"
        table.add(
            .init(Moments.seconds(call.startedAt) + " s", .dim), .init(call.step.map { "\($0)" } ?? "·"),
            .init(step?.tool ?? "shell"), .init(took), .init(call.outcome.rawValue, style(call.outcome)), .init(inLog),
            .init(what))
    }

    private func style(_ outcome: DemoCall.Outcome) -> Style {
        switch outcome {
        case .completed: .green
        case .unknown: .yellow
        case .failed, .running: .red
        }
    }

    private func goOn() -> [String] {
        // The scripted model obeys its own language only.
        let isScripted = model == "scripted"
        let request = isScripted ? "'call shell {\"command\": \"cat report.md\"}'" : "\"Show me report.md.\""
        let program = CommandLine.arguments.first ?? "holdfast"
        let data = server.data
        return [
            "The session is still there. Start the server again and go on with it:",
            "",
            "  \(program) serve --data \(data)",
            "  \(program) chat --data \(data) --session \(evidence.session)",
            "  \(program) sessions journal --data \(data) \(evidence.session)",
            "",
            "Or with OpenAI's SDK (pip install 'openai>=3.54'):",
            "",
            "  from openai import OpenAI",
            "  client = OpenAI(base_url=\"http://127.0.0.1:4747/v1\", api_key=\"\(key)\")",
            "  session_id = \"\(evidence.session)\"",
            "  with client.beta.agents.sessions.stream(session_id, input=\(request)) as stream:",
            "      for event in stream:",
            "          print(event.type)",
        ]
    }
}
