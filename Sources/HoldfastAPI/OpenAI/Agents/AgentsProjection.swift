public import HoldfastCore
public import HoldfastRuntime

/// Shows journal events as the event stream of the Agents API.
///
/// Order within a turn: `turn.created`, `in_progress`, `turn.in_progress`, items with their parts and deltas,
/// `turn.completed | failed | cancelled`, then what the session does now.
public struct AgentsProjection: StreamProjection {
    public init() {}

    public func project(
        _ event: SessionEvent, before: SessionState?, after: SessionState, at time: Milliseconds,
        into frames: inout [StreamFrame]
    ) {
        var writer = EventWriter(state: after, frames: frames)
        switch event {
        case .sessionCreated:
            writer.session("agent.session.created")
            if after.environment.kind == .hosted { writer.environment() }
        case .inputReceived, .responseRequested: projectInput(before, after, &writer)
        case .itemsAdded:
            writer.turn("agent.session.turn.created")
            for index in (before?.items.count ?? 0)..<after.items.count { writer.added(after.items[index]) }
            writer.turn("agent.session.turn.completed", withUsage: true)
        case .functionResultReceived(let result): projectResult(result, before, after, &writer)
        case .modelDelta(let delta): projectDelta(delta, before, after, &writer)
        case .modelAnswered: projectAnswer(before, after, &writer)
        case .modelAttemptFailed: closeItems(openedBy: before, after, &writer)
        case .toolOutput(let output): projectOutput(output.text, of: output.call, before, after, &writer)
        case .toolFinished(let finished): projectOutcome(finished, before, after, &writer)
        case .turnEnded(let ended):
            closeItems(openedBy: before, after, &writer)
            writer.turn("agent.session.turn.\(ended.status.rawValue)", withUsage: true)
        case .environmentChanged: if !after.isDeleted { writer.environment() }
        case .sessionUpdated, .itemDeleted, .responseDeleted, .inputIgnored, .sessionDeleted, .toolStarted,
            .toolInterrupted:
            break
        }
        if let before, before.status != after.status, !after.isDeleted, !isTurnStart(event, before) {
            writer.session("agent.session.\(after.status.rawValue)")
        }
        frames = writer.frames
    }

    private func isTurnStart(_ event: SessionEvent, _ before: SessionState) -> Bool {
        switch event {
        case .inputReceived: before.activeTurn == nil
        case .responseRequested: true
        default: false
        }
    }

    private func projectInput(_ before: SessionState?, _ after: SessionState, _ writer: inout EventWriter) {
        if before?.activeTurn == nil {
            writer.turn("agent.session.turn.created")
            if before?.status != after.status { writer.session("agent.session.\(after.status.rawValue)") }
            writer.turn("agent.session.turn.in_progress")
        }
        for index in (before?.items.count ?? 0)..<after.items.count { writer.added(after.items[index]) }
    }

    private func projectResult(
        _ result: FunctionResultReceived, _ before: SessionState?, _ after: SessionState, _ writer: inout EventWriter
    ) {
        guard let open = before?.openCalls.first(where: { $0.id == result.call }) else { return }
        writer.done(after.items[open.item])
        if let output = after.items.last { writer.added(output) }
    }

    private func projectOutput(
        _ text: String, of call: String, _ before: SessionState?, _ after: SessionState, _ writer: inout EventWriter
    ) {
        guard let open = before?.openCalls.first(where: { $0.id == call }), !text.isEmpty,
            case .toolCall(let call) = after.items[open.item].body, case .server(let tool) = call.runner,
            tool.presentation == .command
        else { return }
        writer.outputDelta(text, of: after.items[open.item])
    }

    private func projectOutcome(
        _ finished: ToolFinished, _ before: SessionState?, _ after: SessionState, _ writer: inout EventWriter
    ) {
        guard let open = before?.openCalls.first(where: { $0.id == finished.call }) else { return }
        let rest = finished.outcome.output.remainder(after: open.streamed)
        projectOutput(rest, of: finished.call, before, after, &writer)
        writer.done(after.items[open.item])
    }

    /// Items that the event closed: they were in progress before it and are not any more.
    private func closeItems(openedBy before: SessionState?, _ after: SessionState, _ writer: inout EventWriter) {
        guard let before else { return }
        let open = [before.dueCall?.reasoning, before.dueCall?.text].compactMap(\.self) + before.openCalls.map(\.item)
        for index in open.sorted() where before.items[index].isOpen {
            writer.done(after.items[index])
        }
    }
}

extension String {
    /// What follows a beginning that was sent already; nothing when this does not begin with it.
    func remainder(after beginning: String) -> String {
        guard !beginning.isEmpty else { return self }
        guard utf8.starts(with: beginning.utf8) else { return "" }
        return String(decoding: utf8.dropFirst(beginning.utf8.count), as: UTF8.self)
    }
}
