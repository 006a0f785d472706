import HoldfastCore
import HoldfastRuntime
import HoldfastStore
import HoldfastTestKit
import Logging
import Testing

@Suite("Usage meter")
struct UsageMeterTests {
    private func record(_ model: String = "m", input: Int = 1) -> UsageRecord {
        var record = UsageRecord(at: 5, project: "p1", operation: .chat, model: model)
        record.tokens = TokenUsage(input: input)
        return record
    }

    private func stored(_ store: any Store) async throws -> Int {
        let span = UsageSpan(project: nil, start: 0, end: .max)
        return try await store.usage(UsageQuery(span)).entries.first?.inferences ?? 0
    }

    @Test("what was taken is written, in several transactions when it is much")
    func writes() async throws {
        let store = MemoryStore()
        let meter = UsageMeter(store: store, limits: Limits(), logger: Logger(label: "test"))
        for _ in 0..<2_500 { meter.add(record()) }
        #expect(try await stored(store) == 0 && meter.backlog == 2_500)
        await meter.flush()
        #expect(try await stored(store) == 2_500 && meter.backlog == 0)
    }

    @Test("what cannot be written waits on, and is refused when it is too much")
    func waits() async throws {
        var limits = Limits()
        limits.usageQueue = 2
        let store = FaultyStore(MemoryStore())
        let meter = UsageMeter(store: store, limits: limits, logger: Logger(label: "test"))
        store.crash()
        meter.add(record())
        await meter.flush()
        #expect(meter.backlog == 1 && !meter.isFull)
        meter.add(record())
        #expect(meter.isFull)
    }

    @Test("the number of series is bounded, and nothing is left out of the sums")
    func series() {
        var limits = Limits()
        limits.usageSeries = 3
        let meter = UsageMeter(store: MemoryStore(), limits: limits, logger: Logger(label: "test"))
        for index in 0..<10 { meter.add(record("m\(index)", input: 2)) }
        let series = meter.totals.series
        #expect(series.count == 4 && series.keys.contains { $0.model == "other" })
        #expect(series.values.reduce(0) { $0 + $1.tokens.input } == 20)
    }
}
