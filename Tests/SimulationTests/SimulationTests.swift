import Foundation
import HoldfastAPI
import HoldfastTestKit
import Testing

@Suite("The whole runtime, simulated")
struct SimulationTests {
    /// One seed from the environment, to look at a failure again.
    private static let wanted = ProcessInfo.processInfo.environment["HOLDFAST_SEED"].flatMap(UInt64.init)
    private static let count = ProcessInfo.processInfo.environment["HOLDFAST_SEEDS"].flatMap(UInt64.init) ?? 2_000

    private static func run(_ seed: UInt64, _ control: SimulationControl? = nil) -> SimulationReport {
        Simulation.run(SimulationOptions(seed: seed, projection: AgentsProjection(), control: control))
    }

    @Test("every invariant holds for every seed", arguments: 0..<2)
    func seeds(part: UInt64) {
        let start = ContinuousClock.now
        let seeds = Self.wanted.map { part == 0 ? [$0] : [] } ?? (0..<Self.count).filter { $0 % 2 == part }
        var coverage: [String: Int] = [:]
        var failed = 0
        for seed in seeds {
            let report = Self.run(seed)
            coverage.merge(report.coverage, uniquingKeysWith: +)
            guard !report.violations.isEmpty else { continue }
            failed += 1
            if failed <= 5 {
                let list = report.violations.map { "  \($0)" }.joined(separator: "\n")
                Issue.record("seed \(seed) (HOLDFAST_SEED=\(seed) repeats it):\n\(list)")
            }
        }
        if seeds.count >= 500 { expectCoverage(coverage) }
        print("simulated \(seeds.count) seeds in \(start.duration(to: .now)), \(failed) failed")
        print(coverage.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
    }

    /// A simulation in which nothing happens finds nothing.
    private func expectCoverage(_ coverage: [String: Int]) {
        for what in [
            "crash", "unknown outcome", "late result", "repeated request", "repeated after a failure", "snapshot",
            "reader left and came back", "model.attempt_failed", "tool.interrupted", "tool.started", "tool.output",
            "function_result.received", "session.updated", "failed turn", "cancelled turn", "slept",
            "environment.changed",
        ] {
            #expect(coverage[what] ?? 0 > 0, "\(what)")
        }
    }

    @Test("the same seed gives the same run", arguments: [3, 17, 99, 1_234] as [UInt64])
    func determinism(seed: UInt64) {
        let first = Self.run(seed)
        #expect(first.trace == Self.run(seed).trace)
        #expect(first.trace != Self.run(seed + 1).trace)
    }

    @Test("without a safeguard the simulation finds violations", arguments: SimulationControl.allCases)
    func controls(control: SimulationControl) {
        var found: [String: Int] = [:]
        for seed in 0..<40 as Range<UInt64> {
            for name in Set(Self.run(seed, control).violations.map(\.invariant)) { found[name, default: 0] += 1 }
        }
        let expected =
            switch control {
            case .acknowledgesEarly: "what was acknowledged is not lost"
            case .forgetsKeys: "a message is taken once"
            case .omitsStarts: "no at_most_once tool runs twice"
            }
        #expect(found[expected] != nil, "\(found)")
    }
}
