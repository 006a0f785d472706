import HoldfastCore
import HoldfastRuntime
import HoldfastStore
import Synchronization

/// What must hold once everything has come to rest.
extension Simulation {
    func check(_ client: SimulatedClient) async {
        let session = client.session
        observe(session)
        guard let state = witness(session)?.state else {
            return require(false, "what was acknowledged is not lost", "\(session) is gone")
        }
        checkMessages(client, state)
        checkTurns(state)
        checkCalls(client, state)
        await checkStored(session, state)
        await checkStream(session)
    }

    private func checkMessages(_ client: SimulatedClient, _ state: SessionState) {
        var counts: [String: Int] = [:]
        for item in state.items {
            if case .userMessage(let content) = item.body { counts[content.plainText, default: 0] += 1 }
        }
        for message in client.ledger.withLock({ $0.messages }) {
            let count = counts[message.text] ?? 0
            require(count <= 1, "a message is taken once", "\(state.id): \(message.text) \(count) times")
            require(
                count >= 1 || !message.isAcknowledged, "what was acknowledged is not lost",
                "\(state.id): \(message.text)")
        }
    }

    /// Every turn has ended, and a completed one has answered all of its messages.
    private func checkTurns(_ state: SessionState) {
        for (index, turn) in state.turns.enumerated() {
            require(turn.status != .active, "every turn comes to an end", turn.id)
            count("\(turn.status) turn")
            guard turn.status == .completed else { continue }
            let items = state.items[state.items(ofTurn: index)]
            let answer = items.last { if case .assistantMessage = $0.body { true } else { false } }
            guard case .assistantMessage(let text, _)? = answer?.body else {
                require(false, "an input is answered", "\(turn.id) has no answer")
                continue
            }
            for item in items {
                guard case .userMessage(let content) = item.body else { continue }
                require(text.contains(content.plainText), "an input is answered", "\(turn.id): \(content.plainText)")
            }
        }
    }

    private func checkCalls(_ client: SimulatedClient, _ state: SessionState) {
        var outputs: [String: Int] = [:]
        for item in state.items {
            switch item.body {
            case .functionOutput(let call, _): outputs[call, default: 0] += 1
            case .toolCall(let call):
                let runs = tools.runs.runs(of: call.id)
                if SimulatedTools.once.contains(call.name) {
                    require(runs <= 1, "no at_most_once tool runs twice", "\(call.id) \(call.name) ran \(runs) times")
                }
                if call.outcome?.kind == .succeeded { require(runs >= 1, "an outcome comes from a run", call.id) }
                if call.outcome?.kind == .unknown { count("unknown outcome") }
            default: break
            }
        }
        for (call, count) in outputs.sorted(by: { $0.key < $1.key }) {
            require(count == 1, "a result is taken once", call)
        }
        for call in client.ledger.withLock({ $0.results }) {
            require(outputs[call] == 1, "what was acknowledged is not lost", "the result of \(call)")
        }
    }

    /// Journal, snapshots and catalog say the same.
    private func checkStored(_ session: String, _ state: SessionState) async {
        let memory = memory
        let loaded = try? await StateLoader(store: memory).state(session: session)
        require(loaded == state, "a session read through its snapshot is the folded one", session)
        if memory.snapshot(session: session, foldVersion: SessionCore.foldVersion, at: nil) != nil {
            count("snapshot")
        }
        let json = try? JSONParser.parse(JSONWriter.bytes(state), options: .init(maximumDepth: 512))
        require((json?.object).flatMap { try? SessionState($0) } == state, "a state survives its snapshot", session)
        require(
            !memory.sessionsWithOpenWork(after: nil, limit: 100).contains(session), "an idle session has no open work",
            session)
    }

    /// A reader of the past sees what was shown live.
    private func checkStream(_ session: String) async {
        guard let node else { return }
        var frames: [StreamFrame] = []
        let runtime = node.runtime
        do {
            let stream = try await runtime.stream(session: session, project: "p", from: .beginning, owner: "check")
            reading: while true {
                switch try await stream.next() {
                case .frames(let new): frames += new
                case .keepAlive: continue
                case .ended: break reading
                }
            }
        } catch {
            return require(false, "the past can be read", "\(session): \(error)")
        }
        require(frames == witness(session)?.frames, "a reader of the past sees what was shown", session)
    }
}
