import HoldfastCore
import HoldfastStore

/// Commands that go into one commit: what they decide, and who waits for it.
struct CommitBatch {
    private(set) var state: SessionState
    private(set) var events: [(event: SessionEvent, at: Milliseconds)] = []
    private(set) var keys: [IdempotencyRecord] = []
    /// What the answers among the events used, each with the event's index.
    private var used: [(index: Int, record: UsageRecord)] = []
    /// The public events, in the dialects that somebody follows.
    private(set) var frames: [StreamDialect: [StreamFrame]] = [:]
    private let projections: [StreamDialect: any StreamProjection]
    private var replies: [Reply] = []
    private var results: [SessionCommand] = []

    init(_ state: SessionState, projections: [StreamDialect: any StreamProjection]) {
        self.state = state
        self.projections = projections
        for dialect in projections.keys { frames[dialect] = [] }
    }

    /// Decides a command on top of what the batch holds already. A refused one is answered at once.
    mutating func apply(
        _ command: SessionCommand, key: IdempotencyRecord?, reply: Reply?, at time: Milliseconds,
        limits: Limits
    ) {
        var seen: [StreamDialect: [StreamFrame]] = [:]
        var onEvent: ((SessionEvent, SessionState, SessionState) -> Void)?
        if !projections.isEmpty {
            onEvent = { [projections] event, before, after in
                let time = max(time, before.lastActiveAt)
                for (dialect, projection) in projections {
                    projection.project(event, before: before, after: after, at: time, into: &seen[dialect, default: []])
                }
            }
        }
        var command = command
        if key != nil, case .input(let events, _) = command { command = .input(events, isKeyed: true) }
        let decision: Decision
        do throws(CommandError) {
            decision = try SessionCore.decide(state, command, at: time, limits: limits, onEvent: onEvent)
        } catch {
            reply?.resume(returning: .failure(.refused(error)))
            return
        }
        for (index, event) in decision.events.enumerated() {
            guard case .modelAnswered(let answered) = event else { continue }
            used.append(
                (
                    events.count + index,
                    UsageRecord(answer: answered.answer, session: state, endedAt: decision.time)
                ))
        }
        state = decision.state
        events += decision.events.map { ($0, decision.time) }
        for (dialect, new) in seen { frames[dialect, default: []] += new }
        if let key { keys.append(key) }
        if let reply { replies.append(reply) } else { results.append(command) }
    }

    /// A repeated request: it is answered with the others, and does nothing.
    mutating func add(duplicate reply: Reply) { replies.append(reply) }

    /// Answers everybody who waits.
    func answer(_ result: Result<SessionState, SubmitError>) {
        for reply in replies { reply.resume(returning: result) }
    }

    /// The batch as journal records.
    func records(after seq: Int64) -> [JournalRecord] {
        events.enumerated().map { index, entry in
            JournalRecord(
                seq: seq + 1 + Int64(index), kind: entry.event.kind, version: SessionEvent.version, at: entry.at,
                body: entry.event.encode())
        }
    }

    /// What the answers in the batch used.
    func usage(after seq: Int64) -> [UsageRecord] {
        used.map { index, record in
            var record = record
            record.seq = seq + 1 + Int64(index)
            return record
        }
    }

    /// The same batch without the requests, decided anew; `nil` when it would be empty.
    func retryable(from state: SessionState, at time: Milliseconds, limits: Limits) -> CommitBatch? {
        guard !results.isEmpty else { return nil }
        var batch = CommitBatch(state, projections: projections)
        for command in results { batch.apply(command, key: nil, reply: nil, at: time, limits: limits) }
        return batch.events.isEmpty ? nil : batch
    }
}
