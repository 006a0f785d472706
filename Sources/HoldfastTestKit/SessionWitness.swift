public import HoldfastCore
public import HoldfastRuntime
public import HoldfastStore

/// Follows one session's journal, event by event, and checks what must always hold.
public struct SessionWitness: Sendable {
    /// The session's id.
    public let session: String
    /// The state with everything folded in that was seen; `nil` before the first event.
    public private(set) var state: SessionState?
    /// All public events so far.
    public private(set) var frames: [StreamFrame] = []
    private var violations = Violations()
    private let projection: any StreamProjection
    private var stream: FrameWitness
    private var started: Set<String> = []
    private var ids: Set<String> = []

    public init(session: String, projection: any StreamProjection) {
        self.session = session
        self.projection = projection
        stream = FrameWitness(session: session)
    }

    /// What was found since the last time.
    public mutating func takeViolations() -> [Violation] {
        defer { violations = Violations() }
        return violations.found
    }

    /// Notes a violation unless the condition holds.
    public mutating func require(_ condition: Bool, _ invariant: String, _ details: @autoclosure () -> String) {
        violations.require(condition, invariant, details())
    }

    /// Takes the next record of the journal.
    public mutating func observe(_ record: JournalRecord) {
        let place = "\(session) seq \(record.seq) \(record.kind)"
        violations.require(record.seq == (state?.seq ?? 0) + 1, "seq has no gap", place)
        do {
            let event = try SessionEvent.decode(kind: record.kind, version: record.version, body: record.body)
            violations.require(event.encode() == record.body, "an event is encoded as it was", place)
            observe(event, at: record.at)
        } catch {
            violations.require(false, "a record can be read", "\(place): \(error)")
        }
    }

    /// Takes the next event.
    public mutating func observe(_ event: SessionEvent, at time: Milliseconds) {
        let before = state
        if let before {
            var after = before
            SessionCore.fold(&after, event, at: time)
            state = after
        } else if case .sessionCreated(let created) = event {
            state = SessionCore.start(session: session, created, at: time)
        }
        guard let after = state else { return }
        if case .toolStarted(let start) = event { started.insert(start.call) }
        let place = "\(session) seq \(after.seq) \(event.kind)"
        if let before { checkHistory(before, after, event, place) }
        checkTurns(before, after, event, place)
        checkItems(before, after, event, place)
        checkCalls(after, place)
        if case .inputReceived(let input) = event { checkInput(input, before, after, place) }
        var new: [StreamFrame] = []
        projection.project(event, before: before, after: after, at: time, into: &new)
        stream.observe(new, after: after)
        violations.add(stream.takeViolations())
        frames += new
    }

    private mutating func checkTurns(
        _ before: SessionState?, _ after: SessionState, _ event: SessionEvent, _ place: String
    ) {
        let active = after.turns.indices.filter { after.turns[$0].status == .active }
        violations.require(
            active.isEmpty || active == [after.turns.count - 1], "at most one turn is active, the last", place)
        violations.require(!active.isEmpty || !after.works, "an idle session waits for nothing", place)
        if case .turnEnded = event {
        } else if let before, before.activeTurn != nil {
            // The answer that ends a turn and the end itself are two events of one commit.
            violations.require(before.works, "an active turn waits for something", place)
        }
        violations.require(
            after.dueCall == nil || after.openCalls.isEmpty, "a model call is due when all calls are answered", place)
    }

    private mutating func checkHistory(
        _ before: SessionState, _ after: SessionState, _ event: SessionEvent, _ place: String
    ) {
        violations.require(after.seq == before.seq + 1, "seq has no gap", place)
        violations.require(after.lastActiveAt >= before.lastActiveAt, "time does not go back", place)
        violations.require(after.modelCalls >= before.modelCalls, "model calls are numbered upwards", place)
        for index in before.turns.indices where before.turns[index].status != .active {
            var old = before.turns[index]
            if case .responseDeleted(let deleted) = event, deleted.turn == old.id { old.isDeleted = true }
            violations.require(old == after.turns[index], "an ended turn never changes", place)
        }
    }

    private mutating func checkItems(
        _ before: SessionState?, _ after: SessionState, _ event: SessionEvent, _ place: String
    ) {
        let known = before?.items.count ?? 0
        violations.require(after.items.count >= known, "items are never removed", place)
        for index in known..<max(known, after.items.count) {
            violations.require(ids.insert(after.items[index].id).inserted, "an item's id is its own", place)
        }
        for index in 0..<min(known, after.items.count) {
            guard let old = before?.items[index] else { continue }
            let new = after.items[index]
            guard old != new else { continue }
            violations.require(
                (old.id, old.turn, old.outputIndex ?? -1) == (new.id, new.turn, new.outputIndex ?? -1),
                "an item's id and place never change", "\(place) \(old.id)")
            if case .itemDeleted(let deleted) = event, deleted.item == old.id {
                violations.require(new.body == .deleted, "a deleted item leaves nothing", "\(place) \(old.id)")
                continue
            }
            violations.require(old.status == .inProgress, "a finished item never changes", "\(place) \(old.id)")
        }
        guard let turn = after.turns.last else { return }
        let outputs = after.items[after.items(ofTurn: after.turns.count - 1)].filter { $0.turn == turn.id }
        violations.require(
            outputs.compactMap(\.outputIndex) == Array(0..<turn.outputs), "output indexes rise by one", place)
    }

    private mutating func checkCalls(_ after: SessionState, _ place: String) {
        let effects = SessionCore.outstanding(after)
        violations.require(Set(effects.map(\.id)).count == effects.count, "outstanding effects are distinct", place)
        for open in after.openCalls {
            let item = after.items[open.item]
            violations.require(item.turn == after.activeTurn?.id, "open calls belong to the active turn", place)
            violations.require(item.status == .inProgress, "an open call's item is in progress", place)
            guard case .server(let tool) = after.call(of: open).runner, tool.effectClass == .atMostOnce,
                effects.contains(.tool(call: open.id, attempt: open.attempt))
            else { continue }
            violations.require(
                started.contains(open.id), "no at_most_once tool runs before its start is recorded", place)
        }
    }

    private mutating func checkInput(
        _ input: InputReceived, _ before: SessionState?, _ after: SessionState, _ place: String
    ) {
        let new = after.items.dropFirst(before?.items.count ?? 0).map(\.body)
        violations.require(
            new == input.messages.map { .userMessage($0) }, "an accepted message becomes one item", place)
    }
}

extension SessionState {
    /// Whether a model call is due or a call has no result yet.
    fileprivate var works: Bool { dueCall != nil || !openCalls.isEmpty }
}
