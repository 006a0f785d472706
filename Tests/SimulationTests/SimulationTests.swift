import Foundation
import HoldfastAPI
import HoldfastTestKit
import Testing

@Suite("The whole runtime, simulated")
struct SimulationTests {
    /// One seed from the environment, to look at a failure again.
    private static let wanted = ProcessInfo.processInfo.environment["HOLDFAST_SEED"].flatMap(UInt64.init)
    private static let count = ProcessInfo.processInfo.environment["HOLDFAST_SEEDS"].flatMap(UInt64.init) ?? 100

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
        print("simulated \(seeds.count) seeds in \(start.duration(to: .now)), \(failed) failed")
        print(coverage.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
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
        print("\(control): \(found)")
        let expected =
            switch control {
            case .acknowledgesEarly: "what was acknowledged is not lost"
            case .forgetsKeys: "a message is taken once"
            case .omitsStarts: "no at_most_once tool runs twice"
            }
        #expect(found[expected] != nil)
    }
}
