import HoldfastCore
import HoldfastRuntime
import HoldfastStore
import Synchronization

/// A client of one session: sends, repeats itself, cancels, answers calls, and remembers what was acknowledged.
final class SimulatedClient: Sendable {
    /// What the client knows of what it sent.
    struct Ledger {
        /// Texts of messages, and whether they were acknowledged.
        var messages: [(text: String, isAcknowledged: Bool)] = []
        /// Calls whose result was acknowledged.
        var results: [String] = []
        /// Calls that were answered or gave an error once.
        var formerCalls: [(turn: String, call: String)] = []
        var keys = 0
        var isCreated = false
    }

    /// How a request ended that was repeated until its outcome was known.
    private enum Outcome {
        case done(SessionState)
        case refused(CommandError)
        case gone
    }

    let number: Int
    let session: String
    let ledger = Mutex(Ledger())
    private let simulation: Simulation

    init(number: Int, simulation: Simulation) {
        self.number = number
        self.simulation = simulation
        session = "sess_" + Base32.encode(UInt64(number) + 7, count: 26)
    }

    private func draw<Value>(_ body: (inout SeededRandom) -> sending Value) -> sending Value {
        simulation.world.draw(body)
    }

    // MARK: The first part: everything may go wrong

    func work() async {
        await create()
        for _ in 0..<simulation.options.inputs {
            await simulation.pause(0...2_500)
            switch draw({ $0.below(100) }) {
            case 0..<55: await sendMessages()
            case 55..<67: await send([.cancel])
            case 67..<75: await sendMessages(cancellingFirst: true)
            case 75..<83: await sendUnusableResult()
            case 83..<90: await setLimit(draw { $0.chance(50) ? .cents($0.number(1...4)) : .none })
            default: await simulation.pause(2_000...9_000)
            }
            if draw({ $0.chance(65) }) { await answerCalls() }
        }
    }

    private func create() async {
        let agent = AgentDefinition(
            id: "agent_1", model: "fake", tools: [["type": "function", "name": "ask", "parameters": [:]]])
        let limit = draw { $0.chance(25) ? $0.number(1...3) : nil }
        let isHosted = draw { $0.chance(25) }
        let environment = isHosted ? SessionEnvironment(kind: .hosted, id: "env_\(number)") : .none
        let created = SessionCreated(project: "p", agent: agent, environment: environment, spendLimit: limit)
        let text = newMessage()
        while let node = simulation.node, !simulation.isOver {
            do throws(SubmitError) {
                _ = try await node.runtime.create(
                    session: session, created, input: [.messages([[.text(text)]])])
                break
            } catch {
                // A conflict: an attempt that seemed to fail had become durable.
                if case .store(let failure) = error, failure.code == .conflict { break }
            }
            await simulation.pause(20...200)
        }
        acknowledge([text])
        ledger.withLock { $0.isCreated = true }
    }

    private func newMessage() -> String {
        ledger.withLock { ledger in
            let text = "<\(number).\(ledger.messages.count)>"
            ledger.messages.append((text, false))
            return text
        }
    }

    private func acknowledge(_ texts: [String]) {
        ledger.withLock { ledger in
            for index in ledger.messages.indices where texts.contains(ledger.messages[index].text) {
                ledger.messages[index].isAcknowledged = true
            }
        }
    }

    private func sendMessages(cancellingFirst: Bool = false) async {
        let texts = (0..<draw { $0.number(1...2) }).map { _ in newMessage() }
        let messages = SessionCommand.InputEvent.messages(texts.map { [.text($0)] })
        let key = newKey()
        let events = cancellingFirst ? [.cancel, messages] : [messages]
        guard case .done = await submit(.input(events), key) else { return }
        acknowledge(texts)
        guard draw({ $0.chance(25) }) else { return }
        // The same request once more, perhaps much later: it must do nothing.
        await simulation.pause(0...4_000)
        simulation.count("repeated request")
        _ = await submit(.input(events), key)
    }

    private func send(_ events: [SessionCommand.InputEvent]) async { _ = await submit(.input(events), newKey()) }

    private func setLimit(_ limit: SessionUpdated.SpendLimit) async {
        _ = await submit(.update(SessionUpdated(spendLimit: limit)), newKey())
    }

    private func sendUnusableResult() async {
        let former = ledger.withLock { $0.formerCalls }
        let late = draw { former.isEmpty ? nil : $0.pick(former) }
        let call = late ?? (turn: "turn_none", call: "call_none")
        let outcome = await submit(
            .input([.functionResult(turn: call.turn, call: call.call, output: .text("late"))]), newKey())
        if case .refused(.unknownCall) = outcome { simulation.count("late result") }
        if case .done = outcome {
            simulation.require(false, "a result is taken once", "\(session) \(call.call)")
        }
    }

    // MARK: Results of function calls

    private func answerCalls() async {
        guard let node = simulation.node,
            let state = try? await node.runtime.state(of: session, project: "p"), let turn = state.activeTurn
        else { return }
        var calls = state.clientCalls.map(\.id)
        draw { calls.shuffle(using: &$0) }
        for call in calls {
            if draw({ $0.chance(10) }) {
                let wrong = SessionCommand.InputEvent.functionResult(turn: "turn_x", call: call, output: .none)
                if case .done = await submit(.input([wrong]), newKey()) {
                    simulation.require(false, "a result for another turn is refused", "\(session) \(call)")
                }
            }
            let key = newKey()
            let output = draw { $0.chance(80) ? FunctionOutput.text("answer") : .error("no idea") }
            let result = SessionCommand.InputEvent.functionResult(turn: turn.id, call: call, output: output)
            if case .done = await submit(.input([result]), key) {
                ledger.withLock { ledger in
                    ledger.results.append(call)
                    ledger.formerCalls.append((turn.id, call))
                }
                if draw({ $0.chance(20) }) { _ = await submit(.input([result]), key) }
            }
        }
    }

    // MARK: The end: everything goes well from now on

    /// Brings the session to rest.
    func settle() async {
        for _ in 0..<2_000 {
            guard let node = simulation.node, !simulation.hasFailed else { return }
            let state = try? await node.runtime.state(of: session, project: "p")
            if let state, state.activeTurn == nil { return }
            if state?.status == .budgetReached { await setLimit(.none) }
            await answerCalls()
            await simulation.pause(100...500)
        }
        simulation.require(false, "every turn comes to an end", session)
    }

    // MARK: Requests

    private func newKey() -> IdempotencyRecord {
        let number = ledger.withLock { ledger in
            ledger.keys += 1
            return ledger.keys
        }
        return IdempotencyRecord(key: "key \(number)", fingerprint: [UInt8(truncatingIfNeeded: number)])
    }

    /// Repeats a request until its outcome is known, as the protocol tells clients to.
    private func submit(_ command: SessionCommand, _ key: IdempotencyRecord) async -> Outcome {
        while let node = simulation.node, !simulation.isOver {
            do throws(SubmitError) {
                let state = try await node.runtime.submit(command, to: session, project: "p", idempotency: key)
                simulation.require(
                    simulation.options.control == .acknowledgesEarly
                        || simulation.memory.session(session)?.headSeq ?? 0 >= state.seq,
                    "an acknowledgement comes after the disk", "\(session) seq \(state.seq)")
                return .done(state)
            } catch {
                switch error {
                case .refused(.notFound):
                    simulation.require(false, "what was acknowledged is not lost", "\(session) is gone")
                    return .gone
                case .refused(let reason): return .refused(reason)
                case .keyReused:
                    simulation.require(false, "a key belongs to its request", "\(session) \(key.key)")
                    return .gone
                case .overloaded, .store, .stopping: simulation.count("repeated after a failure")
                }
            }
            await simulation.pause(20...300)
        }
        return .gone
    }
}
