import HoldfastCore

// How the pieces and the answer of a model call show.

extension AgentsProjection {
    func projectDelta(
        _ delta: ModelDelta, _ before: SessionState?, _ after: SessionState, _ writer: inout EventWriter
    ) {
        let was = before?.dueCall
        switch delta.piece {
        case .reasoning(let text):
            guard let index = after.dueCall?.reasoning else { return }
            if was?.reasoning == nil { writer.begin(after.items[index]) }
            writer.delta(text, of: after.items[index])
        case .text(let text):
            if let reasoning = was?.reasoning, before?.items[reasoning].isOpen == true {
                writer.finish(after.items[reasoning], streamed: after.items[reasoning].streamedText)
            }
            guard let index = after.dueCall?.text else { return }
            if was?.text == nil { writer.begin(after.items[index]) }
            writer.delta(text, of: after.items[index])
        case .item: projectAnswer(before, after, &writer)
        }
    }

    func projectAnswer(
        _ before: SessionState?, _ after: SessionState, _ writer: inout EventWriter
    ) {
        guard let before else { return }
        let known = [before.dueCall?.reasoning, before.dueCall?.text].compactMap(\.self)
        for index in known + Array(before.items.count..<after.items.count) {
            let item = after.items[index]
            switch item.body {
            case .reasoning, .assistantMessage:
                let isNew = index >= before.items.count
                if isNew { writer.begin(item) }
                guard !item.isOpen, isNew || before.items[index].isOpen else { continue }
                writer.finish(item, streamed: isNew ? "" : before.items[index].streamedText)
            case .toolCall, .other:
                writer.added(item)
                if !item.isOpen { writer.done(item) }
            case .userMessage, .functionOutput, .deleted: break
            }
        }
    }
}

extension Item {
    /// Whether more of it will be shown.
    var isOpen: Bool { status == .inProgress && !cameWhole }

    /// The status that clients see.
    var shownStatus: String { cameWhole ? Status.completed.rawValue : status.publicName }

    /// The text of a message or of reasoning.
    var streamedText: String {
        switch body {
        case .assistantMessage(let text, _): text
        case .reasoning(let summary): summary
        default: ""
        }
    }
}
