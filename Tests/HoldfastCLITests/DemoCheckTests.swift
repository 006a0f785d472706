import HoldfastCore
import Testing

@testable import holdfast

/// The demo's checks fail when what they claim does not hold.
@Suite struct DemoCheckTests {
    private static let session = "sess_01234567890123456789abcdef"

    /// Evidence of a run in which all went well and nobody was killed.
    private func evidence() -> DemoEvidence {
        var random = SeededRandom(seed: 1)
        let job = DemoJob(sample: "A.swift", using: &random)
        let ids = SessionIdentifiers(session: Self.session)
        var seen = DemoObserver.Seen()
        var journal: [JSON] = []
        func record(_ kind: String, _ body: JSON) {
            journal.append(["seq": .integer(Int64(journal.count + 1)), "kind": .string(kind), "body": body])
        }
        for step in job.steps {
            var call = DemoCall(item: "\(step.number)", step: step.number, turn: 1, startedAt: .zero)
            call.outcome = .completed
            seen.calls.append(call)
            let arguments = JSON.string(step.arguments.text)
            record("model.answered", ["calls": [["name": .string(step.tool), "arguments": arguments]]])
            let id = JSON.string(ids.call(Int64(journal.count), 0))
            record("tool.started", ["call": id])
            record("tool.finished", ["call": id, "outcome": ["kind": "succeeded"]])
        }
        seen.events = [("e1", ["type": "a"]), ("e2", ["type": "b"])]
        let log = job.steps.filter(\.isLogged).map { DemoEvidence.LogLine(step: $0.number, token: $0.token, time: 1) }
        return DemoEvidence(
            session: Self.session, job: job, kills: [], settled: [:], live: seen, replay: seen.events,
            journal: journal, log: log, strangeLines: [])
    }

    private func failures(_ evidence: DemoEvidence, kills: Int = 0) -> Int {
        evidence.checks(expectedKills: kills).filter { !$0.holds }.count
    }

    @Test func aGoodRunPasses() {
        #expect(failures(evidence()) == 0)
    }

    @Test func whatDoesNotHoldIsFound() {
        #expect(failures(evidence(), kills: 1) == 1, "a kill is missing")
        var changed = evidence()
        changed.log.append(changed.log[0])
        #expect(failures(changed) == 1, "a step ran twice")
        changed = evidence()
        changed.log.removeFirst()
        #expect(failures(changed) == 2, "a step is done in the journal and not in the log")
        changed = evidence()
        changed.log[0].token = "foreign"
        #expect(failures(changed) == 3, "a token that nobody gave out")
        changed = evidence()
        changed.strangeLines = ["x"]
        #expect(failures(changed) == 1, "a line that no step wrote")
        changed = evidence()
        changed.journal.remove(at: 1)
        #expect(failures(changed) >= 1, "a gap in the journal")
        changed = evidence()
        changed.live.events.append(changed.live.events[0])
        #expect(failures(changed) == 2, "an event came twice")
        changed = evidence()
        changed.replay[1].body = ["type": "c"]
        #expect(failures(changed) == 1, "the replay differs")
    }

    @Test func anUnknownStepMustBeDealtWith() {
        var changed = evidence()
        changed.live.calls[1].outcome = .unknown
        #expect(failures(changed) == 1)
        changed.settled[2] = "it had happened"
        #expect(failures(changed) == 0)
        changed.live.calls[2].outcome = .failed
        #expect(failures(changed) == 1)
        changed.live.calls.removeAll { $0.step == 3 }
        #expect(failures(changed) == 1)
    }
}
