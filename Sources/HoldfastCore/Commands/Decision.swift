/// What a command makes happen: events, and the state with them folded in.
public struct Decision {
    /// The events in order, with the state before each of them kept by whoever passed `onEvent`.
    public private(set) var events: [SessionEvent] = []
    public private(set) var state: SessionState
    /// The time of the command.
    public let time: Milliseconds
    private let onEvent: ((_ event: SessionEvent, _ before: SessionState, _ after: SessionState) -> Void)?

    init(
        _ state: SessionState, at time: Milliseconds,
        onEvent: ((SessionEvent, SessionState, SessionState) -> Void)?
    ) {
        self.state = state
        self.time = time
        self.onEvent = onEvent
    }

    /// Adds an event and folds it in.
    mutating func emit(_ event: SessionEvent) {
        guard let onEvent else {
            SessionCore.fold(&state, event, at: time)
            events.append(event)
            return
        }
        let before = state
        SessionCore.fold(&state, event, at: time)
        events.append(event)
        onEvent(event, before, state)
    }
}
