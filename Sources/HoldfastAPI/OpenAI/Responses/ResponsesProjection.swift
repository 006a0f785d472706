public import HoldfastCore
public import HoldfastRuntime

/// Shows the journal events of a response's turn as the event stream of the Responses API: `response.created`,
/// `response.queued` for a background one, `response.in_progress`, items with their parts and deltas, and exactly one of
/// `response.completed`, `.incomplete`, `.failed`. Events of other turns show nothing.
///
/// The numbers that count the events of a response are the connection's to add, see `ResponseEvents`.
public struct ResponsesProjection: StreamProjection {
    public init() {}

    public func project(
        _ event: SessionEvent, before: SessionState?, after: SessionState, at time: Milliseconds,
        into frames: inout [StreamFrame]
    ) {
        guard let before, let turn = after.turns.last, turn.request != nil else { return }
        guard turn.status == .active || before.activeTurn != nil else { return }
        var writer = ResponseEventWriter(state: after, turn: turn, frames: frames)
        switch event {
        case .responseRequested:
            let isBackground = turn.request?.isBackground == true
            writer.response("response.created", isQueued: isBackground)
            if isBackground { writer.response("response.queued", isQueued: true) }
            writer.response("response.in_progress")
        case .modelDelta(let delta): project(delta, before, after, &writer)
        case .modelAnswered: projectAnswer(before, after, &writer)
        case .modelAttemptFailed: closeItems(openedBy: before, after, &writer)
        case .toolFinished(let finished):
            if let open = before.openCalls.first(where: { $0.id == finished.call }) {
                writer.finished(after.items[open.item])
            }
        case .turnEnded(let ended):
            closeItems(openedBy: before, after, &writer)
            writer.response(Self.terminalEvent(turn, ended))
        case .sessionCreated, .sessionUpdated, .sessionDeleted, .environmentChanged, .inputReceived, .inputIgnored,
            .functionResultReceived, .responseDeleted, .itemsAdded, .itemDeleted, .toolStarted, .toolOutput,
            .toolInterrupted:
            break
        }
        frames = writer.frames
    }

    /// The dialect has no event for a cancelled response; its status is in the response that the event carries.
    private static func terminalEvent(_ turn: Turn, _ ended: TurnEnded) -> String {
        switch ended.status {
        case .failed: "response.failed"
        case .completed where turn.incompleteReason == nil: "response.completed"
        case .completed, .cancelled, .active: "response.incomplete"
        }
    }

    private func project(
        _ delta: ModelDelta, _ before: SessionState, _ after: SessionState, _ writer: inout ResponseEventWriter
    ) {
        let was = before.dueCall
        switch delta.piece {
        case .reasoning(let text):
            guard let index = after.dueCall?.reasoning else { return }
            if was?.reasoning == nil { writer.begin(after.items[index]) }
            writer.delta(text, of: after.items[index])
        case .text(let text):
            if let reasoning = was?.reasoning, before.items[reasoning].isOpen {
                writer.finish(after.items[reasoning], streamed: after.items[reasoning].streamedText)
            }
            guard let index = after.dueCall?.text else { return }
            if was?.text == nil { writer.begin(after.items[index]) }
            writer.delta(text, of: after.items[index])
        case .item: projectAnswer(before, after, &writer)
        }
    }

    private func projectAnswer(
        _ before: SessionState, _ after: SessionState, _ writer: inout ResponseEventWriter
    ) {
        let known = [before.dueCall?.reasoning, before.dueCall?.text].compactMap(\.self)
        for index in known + Array(before.items.count..<after.items.count) {
            let item = after.items[index]
            switch item.body {
            case .reasoning, .assistantMessage:
                let isNew = index >= before.items.count
                if isNew { writer.begin(item) }
                guard !item.isOpen, isNew || before.items[index].isOpen else { continue }
                writer.finish(item, streamed: isNew ? "" : before.items[index].streamedText)
            case .toolCall(let call): writer.call(item, call)
            case .other(let other): writer.whole(item, other)
            case .userMessage, .functionOutput, .deleted: break
            }
        }
    }

    /// Items that the event closed: they were in progress before it and are not any more.
    private func closeItems(
        openedBy before: SessionState, _ after: SessionState, _ writer: inout ResponseEventWriter
    ) {
        let streamed = [before.dueCall?.reasoning, before.dueCall?.text].compactMap(\.self).sorted()
        for index in streamed where before.items[index].isOpen {
            writer.finish(after.items[index], streamed: after.items[index].streamedText)
        }
        for open in before.openCalls { writer.finished(after.items[open.item]) }
    }
}
