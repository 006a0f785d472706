import HoldfastAPI
import HoldfastCore
import HoldfastTestKit
import Testing

@Suite("Killed at every write")
struct CrashTests {
    private func run(_ faults: [FaultyStore.Fault], seed: UInt64 = 1) -> CrashRun.Outcome {
        CrashRun.run(seed: seed, faults: faults, projection: AgentsProjection())
    }

    @Test("undisturbed, the turn has its outcome")
    func undisturbed() {
        let outcome = run([])
        #expect(outcome.violations.isEmpty)
        #expect(outcome.outcome == .succeeded)
        #expect(outcome.appends >= 8)
    }

    @Test("once, before and after each commit became durable", arguments: 0..<4 as Range<UInt64>)
    func once(seed: UInt64) {
        var unknown = 0
        for append in 1...run([], seed: seed).appends {
            for fault in [FaultyStore.Fault.crashingBefore(append: append), .crashingAfter(append: append)] {
                let outcome = run([fault], seed: seed)
                #expect(outcome.violations.isEmpty, "\(fault)")
                #expect(outcome.isKilled, "\(fault)")
                if outcome.outcome == .unknown { unknown += 1 }
            }
        }
        // Whenever the kill fell between the start and the recorded result.
        #expect(unknown > 0)
    }

    @Test("twice, at every pair of commits")
    func twice() {
        let appends = run([]).appends
        for first in 1...appends {
            for second in 1...appends {
                let faults = [FaultyStore.Fault.crashingAfter(append: first), .crashingBefore(append: second)]
                let outcome = run(faults)
                #expect(outcome.violations.isEmpty, "\(faults)")
            }
        }
    }
}
