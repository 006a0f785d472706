import HoldfastCore
import Testing

@testable import holdfast

/// The parts of the demo that judge.
@Suite struct DemoTests {
    private func job(_ seed: UInt64 = 1) -> DemoJob {
        var random = SeededRandom(seed: seed)
        return DemoJob(sample: "A.swift", using: &random)
    }

    @Test func aSeedRepeatsEverything() {
        #expect(job(7).script == job(7).script)
        #expect(job(7).script != job(8).script)
        var one = SeededRandom(seed: 3)
        var two = SeededRandom(seed: 3)
        #expect(
            DemoKiller.moments(3, job: job(), using: &one) == DemoKiller.moments(3, job: job(), using: &two))
    }

    @Test func killsAreInsideTheJobAndApart() {
        for seed in 0..<500 as Range<UInt64> {
            var random = SeededRandom(seed: seed)
            let moments = DemoKiller.moments(3, job: job(), using: &random).map(\.calls)
            #expect(moments.count == 3 && moments == moments.sorted() && Set(moments).count == 3)
            #expect(moments.allSatisfy { 2..<job().steps.count ~= $0 })
        }
    }

    @Test func theJobHasEnoughStepsOfBothKinds() {
        let steps = job().steps
        #expect(steps.filter(\.isLogged).count >= 12)
        #expect(steps.count - steps.filter(\.isLogged).count >= 3)
        #expect(Set(steps.filter(\.isLogged).map(\.token)).count == steps.filter(\.isLogged).count)
    }

    @Test func callsAreMatchedToSteps() {
        let job = job()
        let shell = job.steps[1]
        let item: JSON = ["type": "command_execution", "command": shell.arguments["command"] ?? .null]
        #expect(job.step(of: item, taken: [])?.number == 2)
        #expect(job.step(of: item, taken: [2]) == nil)
        let builtin: JSON = ["type": "mcp_call", "name": "list_files", "arguments": ["path": "."]]
        #expect(job.step(of: builtin, taken: [])?.number == job.steps.count)
        #expect(job.step(of: ["name": "clock", "arguments": [:]], taken: [])?.tool == "clock")
    }

    @Test func theLogIsReadStrictly() {
        let (lines, strange) = DemoEvidence.parse("STEP 2 abc 17\nSTEP x abc 17\nrubbish\n")
        #expect(lines == [DemoEvidence.LogLine(step: 2, token: "abc", time: 17)])
        #expect(strange == ["STEP x abc 17", "rubbish"])
    }

    @Test func theJournalTellsOfCallsAndGaps() {
        let session = "sess_01234567890123456789abcdef"
        let call = SessionIdentifiers(session: session).call(3, 0)
        let records: [JSON] = [
            ["seq": 1, "kind": "session.created", "body": [:]],
            [
                "seq": 3, "kind": "model.answered",
                "body": ["calls": [["name": "shell", "arguments": "{}", "server": ["class": "at_most_once"]]]],
            ],
            ["seq": 4, "kind": "tool.started", "body": ["call": .string(call), "attempt": 1]],
            ["seq": 5, "kind": "tool.interrupted", "body": ["call": .string(call)]],
        ]
        let journal = DemoJournal(session: session, records: records)
        #expect(journal.gaps == [3])
        #expect(journal.calls.count == 1 && journal.calls[0].starts == 1)
        #expect(journal.calls[0].outcome == "unknown" && journal.calls[0].isAtMostOnce)
    }
}
