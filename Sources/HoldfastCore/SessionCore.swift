/// The pure core of a session: what events mean, and what is to be done.
///
///     fold(state, event) → state      what an event means; total, the same in every process
///     decide(state, command) → events  what a command makes happen; see `Commands/`
///     outstanding(state) → effects     what must be in progress; after a crash this is the work to do
///
/// No clock, no randomness, no input or output: time comes with the command, ids come from the place in the journal.
public enum SessionCore {
    /// Rises whenever `fold` or the snapshot form changes; snapshots of other versions are ignored.
    public static let foldVersion = 4

    /// The state after a session's first event.
    public static func start(session: String, _ created: SessionCreated, at time: Milliseconds) -> SessionState {
        var state = SessionState(
            id: session, project: created.project, agent: created.agent, environment: created.environment,
            metadata: created.metadata, spendLimit: created.spendLimit)
        state.isChain = created.isChain
        state.seq = 1
        state.createdAt = time
        state.lastActiveAt = time
        return state
    }

    /// Folds a session's whole journal, or what follows a snapshot.
    /// - Returns: `nil` when there is neither a snapshot nor a first event.
    public static func refold(
        session: String, from snapshot: SessionState?, _ events: some Sequence<(event: SessionEvent, at: Milliseconds)>
    ) -> SessionState? {
        var state = snapshot
        for (event, time) in events {
            if state != nil {
                fold(&state!, event, at: time)
            } else if case .sessionCreated(let created) = event {
                state = start(session: session, created, at: time)
            }
        }
        return state
    }

    /// What an event means.
    public static func fold(_ state: inout SessionState, _ event: SessionEvent, at time: Milliseconds) {
        state.seq += 1
        switch event {
        case .sessionCreated, .inputIgnored: break
        case .sessionUpdated(let event): state.fold(event)
        case .sessionDeleted: state.isDeleted = true
        case .environmentChanged(let event):
            state.environment.status = event.status
            state.environment.error = event.error
        case .inputReceived(let event): state.fold(event, at: time)
        case .functionResultReceived(let event): state.fold(event)
        case .responseRequested(let event): state.fold(event, at: time)
        case .responseDeleted(let event): state.fold(event)
        case .itemsAdded(let event): state.fold(event, at: time)
        case .itemDeleted(let event): state.fold(event)
        case .modelDelta(let event): state.fold(event)
        case .modelAnswered(let event): state.fold(event)
        case .modelAttemptFailed(let event): state.fold(event)
        case .toolStarted(let event): state.withOpenCall(event.call) { $0.isStarted = true }
        case .toolOutput(let event): state.withOpenCall(event.call) { $0.streamed += event.text }
        case .toolInterrupted(let event):
            state.withOpenCall(event.call) { open in
                open.attempt += 1
                open.isStarted = false
                open.streamed = ""
            }
        case .toolFinished(let event): state.fold(event)
        case .turnEnded(let event): state.fold(event, at: time)
        }
        state.lastActiveAt = max(state.lastActiveAt, time)
    }
}
