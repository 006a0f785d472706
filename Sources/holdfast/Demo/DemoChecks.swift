import HoldfastCore

/// One thing that must hold at the end of the demo.
struct DemoCheck: Sendable {
    var claim: String
    /// What speaks against it; empty when it holds.
    var problems: [String]

    var holds: Bool { problems.isEmpty }
}

extension DemoEvidence {
    /// Everything that must hold. No part trusts another: the log was written by the tools themselves.
    func checks(expectedKills: Int) -> [DemoCheck] {
        let journal = DemoJournal(session: session, records: journal)
        return [
            killsCheck(expectedKills), stepsCheck(), tokensCheck(), journalOrderCheck(journal),
            completedCheck(journal), startedCheck(journal), onceCheck(journal), idsCheck(), replayCheck(),
        ]
    }

    private func killsCheck(_ expected: Int) -> DemoCheck {
        var problems = kills.enumerated().filter { !$0.element.wasKilled }.map { "kill \($0.offset + 1) did not hit" }
        if kills.count != expected { problems.append("\(kills.count) kills, not \(expected)") }
        return DemoCheck(claim: "the server was killed \(expected) times while the job ran", problems: problems)
    }

    private func stepsCheck() -> DemoCheck {
        let calls = live.calls.filter { $0.turn == 1 }
        let problems = job.steps.compactMap { step -> String? in
            guard let call = calls.last(where: { $0.step == step.number }) else {
                return "step \(step.number) never began"
            }
            switch call.outcome {
            case .completed: return nil
            case .unknown where settled[step.number] != nil: return nil
            case .unknown: return "step \(step.number) is unknown and was not dealt with"
            case .failed: return "step \(step.number) failed: \(call.output)"
            case .running: return "step \(step.number) never ended"
            }
        }
        let claim = "every step ran, or is shown as unknown and was dealt with"
        return DemoCheck(claim: claim, problems: problems)
    }

    private func tokensCheck() -> DemoCheck {
        var problems = strangeLines.map { "a line that no step wrote: \($0)" }
        for step in job.steps where step.isLogged {
            let count = log.filter { $0.token == step.token && $0.step == step.number }.count
            if count != 1 { problems.append("step \(step.number) is in the log \(count) times") }
        }
        let known = Set(job.steps.map(\.token))
        problems += log.filter { !known.contains($0.token) }.map { "an unknown token: \($0.token)" }
        return DemoCheck(claim: "every shell step is in the tools' own log exactly once", problems: problems)
    }

    private func journalOrderCheck(_ journal: DemoJournal) -> DemoCheck {
        DemoCheck(
            claim: "the journal has no gap (\(self.journal.count) records)",
            problems: journal.gaps.map { "a gap before \($0)" })
    }

    private func completedCheck(_ journal: DemoJournal) -> DemoCheck {
        let logged = Set(log.map(\.token))
        let problems = job.steps.filter(\.isLogged).compactMap { step -> String? in
            let isDone = journal.calls.contains { $0.outcome == "succeeded" && $0.arguments.contains(step.mark) }
            return isDone && !logged.contains(step.token) ? "step \(step.number) is not in the log" : nil
        }
        return DemoCheck(claim: "every call that the journal calls done is in the log", problems: problems)
    }

    private func startedCheck(_ journal: DemoJournal) -> DemoCheck {
        let started = journal.calls.filter { $0.starts > 0 }
        let problems = log.compactMap { line -> String? in
            let mark = "STEP \(line.step) \(line.token)"
            return started.contains { $0.arguments.contains(mark) } ? nil : "no call was started for \(mark)"
        }
        return DemoCheck(claim: "every line of the log belongs to a call that the journal started", problems: problems)
    }

    private func onceCheck(_ journal: DemoJournal) -> DemoCheck {
        let problems = journal.calls.filter { $0.isAtMostOnce && $0.starts > 1 }.map { "\($0.id): \($0.starts) starts" }
        return DemoCheck(claim: "no call that may run only once was started twice", problems: problems)
    }

    private func idsCheck() -> DemoCheck {
        var seen: Set<String> = []
        let again = live.events.map(\.id).filter { !seen.insert($0).inserted }
        return DemoCheck(
            claim: "the follower saw each event once (\(live.events.count) events over \(live.reconnects) reconnects)",
            problems: again.prefix(5).map { "\($0) came twice" })
    }

    private func replayCheck() -> DemoCheck {
        var problems: [String] = []
        if replay.count != live.events.count { problems.append("\(replay.count) events, live \(live.events.count)") }
        let pairs = zip(replay, live.events).enumerated()
        if let (index, pair) = pairs.first(where: { $0.element.0.id != $0.element.1.id }) {
            problems.append("event \(index + 1) is \(pair.0.id), live \(pair.1.id)")
        } else if let (index, pair) = pairs.first(where: { $0.element.0.body != $0.element.1.body }) {
            problems.append("event \(index + 1) (\(pair.0.id), \(pair.0.body.text("type"))) reads differently")
        }
        return DemoCheck(claim: "a replay from the start equals what was seen live", problems: problems)
    }
}
