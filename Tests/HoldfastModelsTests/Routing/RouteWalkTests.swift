import HoldfastCore
import HoldfastModels
import Synchronization
import Testing

/// A time that a test moves.
private final class Time: Sendable {
    private let value = Mutex<Milliseconds>(0)

    var clock: MonotonicClock { MonotonicClock { self.value.withLock { $0 } } }

    func advance(_ time: Milliseconds) { value.withLock { $0 += time } }
}

@Suite("The way along a route")
struct RouteWalkTests {
    private let time = Time()

    private func route(
        _ count: Int, order: TargetOrder = .ordered, weights: [Int] = [], gate: RouteGate? = nil,
        limits: AdmissionLimits = AdmissionLimits(), random: @escaping @Sendable () -> Double = { 0 }
    ) -> RoutedModel {
        let targets = (0..<count).map { index in
            ModelTarget(
                provider: "p\(index)", ScriptedProvider(), model: "m", weight: weights.isEmpty ? 1 : weights[index],
                limits: limits, breaker: CircuitBreaker(threshold: 2, pause: 1_000), clock: time.clock)
        }
        return RoutedModel(name: "route", targets: targets, order: order, gate: gate, random: random)
    }

    private func ask(
        _ route: RoutedModel, _ outcomes: [String: RouteWalk.Outcome<String>] = [:]
    ) async throws(RouteWalk.Failure) -> (value: String, asked: Int) {
        var walk = RouteWalk(route)
        let answer = try await walk.run { outcomes[$0.name] ?? .answered($0.name) }
        return (answer.value, walk.attempts)
    }

    private func failure(
        _ route: RoutedModel, _ outcomes: [String: RouteWalk.Outcome<String>] = [:]
    ) async -> RouteWalk.Failure? {
        await #expect(throws: RouteWalk.Failure.self) { try await ask(route, outcomes) }
    }

    private static func error(_ code: ModelError.Code, retryAfter: Milliseconds? = nil) -> ModelError {
        ModelError(code, "\(code)", isRetryable: true, retryAfter: retryAfter)
    }

    @Test("targets are asked in their order until one answers")
    func order() async throws {
        let found = try await ask(
            route(3),
            ["p0/m": .failed(Self.error(.connection)), "p1/m": .refused("no", TargetFailure(.broken))])
        #expect(found == ("p2/m", 3))
    }

    @Test(
        "a request that is at fault goes nowhere else",
        arguments: [ModelError.Code.invalidRequest, .authentication, .notFound, .contextLength])
    func fault(code: ModelError.Code) async {
        let route = route(2)
        let failure = await failure(route, ["p0/m": .failed(Self.error(code))])
        #expect(failure?.error.code == code && failure?.target?.name == "p0/m")
        #expect(route.targets[0].isOpen)
    }

    @Test("nobody else is asked after a part of an answer was seen, but the target is blamed")
    func brokenOff() async {
        let route = route(2)
        for isOpen in [true, false] {
            let failure = await failure(route, ["p0/m": .brokenOff(Self.error(.timeout))])
            #expect(failure?.target?.name == "p0/m" && route.targets[0].isOpen == isOpen)
        }
    }

    @Test("a silent target is left alone, then tried with one request")
    func breaker() async throws {
        let route = route(2)
        let silence: [String: RouteWalk.Outcome<String>] = ["p0/m": .failed(Self.error(.timeout))]
        #expect(try await ask(route, silence) == ("p1/m", 2))
        #expect(try await ask(route) == ("p1/m", 1))
        time.advance(1_000)
        #expect(try await ask(route, silence) == ("p1/m", 2))
        time.advance(1_999)
        #expect(try await ask(route) == ("p1/m", 1))
        time.advance(1)
        #expect(try await ask(route) == ("p0/m", 1))
    }

    @Test("a pause that a target asked for is kept, and no fault")
    func pause() async throws {
        let route = route(2)
        let busy: [String: RouteWalk.Outcome<String>] = [
            "p0/m": .refused("busy", TargetFailure(.busy, retryAfter: 5_000))
        ]
        #expect(try await ask(route, busy) == ("p1/m", 2))
        time.advance(4_999)
        #expect(try await ask(route, busy) == ("p1/m", 1))
        time.advance(1)
        #expect(try await ask(route) == ("p0/m", 1))
    }

    @Test("when all fail an answer comes before an error, with the shortest wait")
    func allFail() async throws {
        var walk = RouteWalk(route(3))
        let outcomes: [String: RouteWalk.Outcome<(String, Milliseconds)>] = [
            "p0/m": .refused(("first", 0), TargetFailure(.busy, retryAfter: 9_000)),
            "p1/m": .refused(("second", 0), TargetFailure(.broken, retryAfter: 4_000)),
            "p2/m": .failed(Self.error(.connection)),
        ]
        let answer = try await walk.run({ outcomes[$0.name]! }, waiting: { $0.1 = $1 })
        #expect(answer.value == ("second", 4_000))
    }

    @Test("when nobody may be asked the refusal says how long")
    func unavailable() async {
        let route = route(2)
        var outcomes: [String: RouteWalk.Outcome<String>] = [
            "p0/m": .failed(Self.error(.timeout)), "p1/m": .failed(Self.error(.rateLimit, retryAfter: 400)),
        ]
        let first = await failure(route, outcomes)
        #expect(first?.error.code == .rateLimit && first?.error.retryAfter == 400)
        outcomes = [:]
        time.advance(100)
        let second = await failure(route)
        #expect(second?.error.code == .rateLimit && second?.error.retryAfter == 300 && second?.target == nil)
    }

    @Test("places are given back when the answer has ended")
    func concurrency() async throws {
        let route = route(1, gate: RouteGate(AdmissionLimits(concurrency: 2)), limits: AdmissionLimits(concurrency: 1))
        var walk = RouteWalk(route)
        var answer: RouteWalk.Answer<Int>? = try await walk.run { _ in .answered(1) }
        let refused = await failure(route)
        #expect(refused?.error.code == .rateLimit && refused?.error.retryAfter == 1_000)
        #expect(answer?.value == 1)
        answer = nil
        #expect(try await ask(route).value == "p0/m")
    }

    @Test("weights are shares of the first choice, and every target comes in the end")
    func weights() {
        let steps = (0..<100).map { Double($0) / 100 }
        let firsts = steps.map { step in TargetOrder.weighted.indexes(weights: [70, 20, 10]) { step } }
        #expect([0, 1, 2].map { index in firsts.count { $0[0] == index } } == [70, 20, 10])
        #expect(firsts.allSatisfy { $0.sorted() == [0, 1, 2] })
        #expect(TargetOrder.ordered.indexes(weights: [1, 5]) { 0.99 } == [0, 1])
    }

    @Test("a walk along a weighted route begins where chance says")
    func weighted() async throws {
        #expect(try await ask(route(3, order: .weighted, weights: [1, 1, 2], random: { 0.6 })).value == "p2/m")
        #expect(try await ask(route(3, order: .weighted, weights: [1, 1, 2], random: { 0.1 })).value == "p0/m")
    }

    @Test("the catalog prefers a named route, and reports how a call went")
    func catalog() async throws {
        let catalog = ModelCatalog(routes: [ModelRoute("route*", provider: ScriptedProvider())], named: [route(2)])
        #expect(catalog.names == ["route", "scripted", "improv"])
        #expect(catalog.route(for: "route")?.targets.count == 2 && catalog.route(for: "routes")?.targets.count == 1)
        let request = ModelRequest(model: "route", context: [.user([.text("say hello")])])
        let answer = try await catalog.call(request) { _ in }
        #expect(answer.report?.target == "p0/m" && answer.report?.attempts == 1 && answer.report?.route == "route")
        #expect(answer.report?.firstPiece != nil)
    }
}
