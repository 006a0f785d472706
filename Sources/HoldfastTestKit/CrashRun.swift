public import HoldfastCore
public import HoldfastRuntime
import HoldfastStore
import Logging
import Synchronization

/// One turn with an at_most_once tool, a read tool and a steer, whose process is killed at given commits; afterwards
/// new processes bring it to its end.
public final class CrashRun: Sendable {
    /// What came out of a run.
    public struct Outcome: Sendable {
        public var violations: [Violation]
        /// Appends that the first process tried.
        public var appends: Int
        /// Whether the process was killed at all.
        public var isKilled: Bool
        /// The outcome of the at_most_once call, if it was made.
        public var outcome: ToolOutcome.Kind?
    }

    private static let session = "sess_00000000000000000000000042"
    private static let inputs = ["count the files", "and the folders"]

    private let world: DeterministicWorld
    private let projection: any StreamProjection
    private let tools: FakeTools
    private let model: FakeModel
    private let violations = Mutex(Violations())
    private let acknowledged = Mutex<[String]>([])
    private let memory = Mutex(MemoryStore())

    private init(seed: UInt64, projection: any StreamProjection) {
        let world = DeterministicWorld(seed: seed)
        self.world = world
        self.projection = projection
        tools = FakeTools([.fake("write", .atMostOnce), .fake("look", .read)]) { invocation, emit in
            emit("running ")
            try? await world.clock.sleep(for: invocation.name == "write" ? 90 : 60)
            return ToolOutcome(.succeeded, output: "running \(invocation.name)")
        }
        model = FakeModel { (request, _, emit) throws(ModelError) in
            try? await world.clock.sleep(for: 20)
            let hasResults = request.context.contains { if case .result = $0 { true } else { false } }
            guard hasResults else { return .calling("write", "look") }
            let text = "I saw " + request.userTexts.joined(separator: ", ")
            for piece in text.split(separator: " ", omittingEmptySubsequences: false).dropLast() {
                emit(.text(piece + " "))
                try? await world.clock.sleep(for: 5)
            }
            return ModelAnswer(text: text)
        }
    }

    /// Runs the turn. The first process has the first fault, the one after it the second, and so on.
    public static func run(
        seed: UInt64 = 1, faults: [FaultyStore.Fault], projection: any StreamProjection
    ) -> Outcome {
        let run = CrashRun(seed: seed, projection: projection)
        do {
            return try run.world.run { await run.main(faults) }
        } catch {
            return Outcome(
                violations: [Violation("a run comes to an end", "\(error)")], appends: 0, isKilled: true)
        }
    }

    private func main(_ faults: [FaultyStore.Fault]) async -> Outcome {
        var appends = 0
        var isKilled = false
        var frames: [StreamFrame] = []
        for (number, fault) in (faults.map(Optional.some) + [nil]).enumerated() {
            let store = memory.withLock { memory in
                memory = memory.reopened()
                return FaultyStore(memory, faults: fault.map { [$0] } ?? [])
            }
            let runtime = Runtime(dependencies(store))
            let keeper = Task(executorPreference: world.executor) { _ = try? await runtime.maintain() }
            await send(to: runtime)
            await follow(runtime, store, into: &frames)
            keeper.cancel()
            await runtime.stop()
            if number == 0 { appends = store.appends }
            isKilled = isKilled || store.isCrashed
        }
        let kind = await check(frames)
        return Outcome(
            violations: violations.withLock { $0.found }, appends: appends, isKilled: isKilled, outcome: kind)
    }

    private func dependencies(_ store: FaultyStore) -> Runtime.Dependencies {
        var dependencies = Runtime.Dependencies(
            store: store, models: model, tools: tools, projection: projection,
            logger: Logger(label: "crash", factory: { _ in SwiftLogNoOpLogHandler() }))
        dependencies.clock = world.clock
        dependencies.executor = world.executor
        dependencies.jitter = { 0 }
        return dependencies
    }

    /// Sends what was not acknowledged yet: the input with the session's creation, and the steer while tools run.
    private func send(to runtime: Runtime) async {
        let session = Self.session
        let agent = AgentDefinition(id: "agent_1", model: "fake")
        if !isAcknowledged(0) {
            do throws(SubmitError) {
                _ = try await runtime.create(
                    session: session, SessionCreated(project: "p", agent: agent),
                    input: [.messages([[.text(Self.inputs[0])]])])
                acknowledge(0)
            } catch {
                guard case .store(let failure) = error, failure.code == .conflict else { return }
                acknowledge(0)
            }
        }
        guard !isAcknowledged(1) else { return }
        try? await world.clock.sleep(for: 70)
        do throws(SubmitError) {
            _ = try await runtime.submit(
                .input([.messages([[.text(Self.inputs[1])]])]), to: session, project: "p",
                idempotency: IdempotencyRecord(key: "steer", fingerprint: [1]))
            acknowledge(1)
        } catch {}
    }

    private func isAcknowledged(_ index: Int) -> Bool {
        acknowledged.withLock { $0.contains(Self.inputs[index]) }
    }

    private func acknowledge(_ index: Int) { acknowledged.withLock { $0.append(Self.inputs[index]) } }

    /// Reads on from the last event that was seen, until the session is idle or the process has died.
    private func follow(_ runtime: Runtime, _ store: FaultyStore, into frames: inout [StreamFrame]) async {
        let start = frames.last.map { StreamStart.after(eventID: $0.id) } ?? .beginning
        guard !store.isCrashed,
            let stream = try? await runtime.stream(
                session: Self.session, project: "p", from: start, owner: "reader")
        else { return }
        let watch = Task(executorPreference: world.executor) { [world] in
            for _ in 0..<400 {
                do { try await world.clock.sleep(for: 25) } catch { return }
                let state = try? await runtime.state(of: Self.session, project: "p")
                guard !store.isCrashed, state?.activeTurn != nil else { break }
            }
            runtime.fanout.close()
        }
        reading: while true {
            switch try? await stream.next() {
            case .frames(let new): frames += new
            case .keepAlive: continue
            case .ended, nil: break reading
            }
        }
        watch.cancel()
        await watch.value
    }

    /// What must hold at the end. Returns the outcome of the at_most_once call.
    private func check(_ frames: [StreamFrame]) async -> ToolOutcome.Kind? {
        let memory = memory.withLock { $0 }
        var witness = SessionWitness(session: Self.session, projection: projection)
        for record in memory.records(session: Self.session, after: 0, limit: .max) { witness.observe(record) }
        var found = Violations()
        found.add(witness.takeViolations())
        found.require(frames == witness.frames, "a reader sees each event once", "\(frames.count) frames")
        let items = witness.state.map { Array($0.items) } ?? []
        let texts = items.compactMap { item -> String? in
            if case .userMessage(let content) = item.body { content.plainText } else { nil }
        }
        let answer = items.last.flatMap { item -> String? in
            if case .assistantMessage(let text, true) = item.body { text } else { nil }
        }
        for text in acknowledged.withLock({ $0 }) {
            found.require(texts.count { $0 == text } == 1, "an acknowledged input is there once", text)
            found.require(answer?.contains(text) == true, "an acknowledged input is answered", text)
        }
        found.require(witness.state?.status == .idle, "the session comes to rest", "")
        var kind: ToolOutcome.Kind?
        for case .toolCall(let call) in items.map(\.body) where call.name == "write" {
            kind = call.outcome?.kind
            let runs = tools.runs(of: call.id)
            found.require(runs <= 1, "no at_most_once tool runs twice", "\(call.id): \(runs)")
            found.require(
                kind == .unknown || (kind == .succeeded && runs == 1), "an outcome is true", "\(call.id) \(kind as Any)"
            )
        }
        violations.withLock { $0.add(found.found) }
        return kind
    }
}
