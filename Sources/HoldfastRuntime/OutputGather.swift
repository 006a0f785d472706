import HoldfastCore
import Synchronization

/// Gathers the pieces of a model's answer. While a commit is under way the pieces come together, so a fast model makes
/// few events and a slow one is passed on token by token.
final class ModelOutput: OutputBuffer {
    private struct State {
        var pieces: [ModelPiece] = []
        var isAnnounced = false
        var hasReasoning = false
        var hasText = false
        var bytes = 0
    }

    private let attempt: SessionCommand.ModelAttempt
    private let state = Mutex(State())

    init(attempt: SessionCommand.ModelAttempt) {
        self.attempt = attempt
    }

    /// The bytes of all pieces so far.
    var bytes: Int { state.withLock { $0.bytes } }

    /// Adds a piece and says what to do about it: the first piece of an item goes out by itself, so that readers see
    /// at once that something is coming; unless others wait to be taken, which come before it.
    func add(_ piece: ModelPiece) -> Envelope? {
        state.withLock { state in
            let isFirst =
                switch piece {
                case .reasoning: !state.hasReasoning
                case .text: !state.hasText
                case .item: true
                }
            switch piece {
            case .reasoning(let text):
                state.hasReasoning = true
                state.bytes += text.utf8.count
            case .text(let text):
                state.hasText = true
                state.bytes += text.utf8.count
            case .item(let item): state.bytes += JSONWriter.bytes(item).count
            }
            if isFirst, !state.isAnnounced { return .result(.modelPieces(attempt, [piece])) }
            switch (state.pieces.last, piece) {
            case (.text(let old), .text(let new)): state.pieces[state.pieces.count - 1] = .text(old + new)
            case (.reasoning(let old), .reasoning(let new)):
                state.pieces[state.pieces.count - 1] = .reasoning(old + new)
            default: state.pieces.append(piece)
            }
            guard !state.isAnnounced else { return nil }
            state.isAnnounced = true
            return .output(self)
        }
    }

    func take() -> SessionCommand? {
        state.withLock { state in
            state.isAnnounced = false
            defer { state.pieces = [] }
            return state.pieces.isEmpty ? nil : .modelPieces(attempt, state.pieces)
        }
    }
}

/// Gathers a tool's output.
final class ToolOutputGather: OutputBuffer {
    private let attempt: SessionCommand.ToolAttempt
    private let state = Mutex((text: "", isAnnounced: false))

    init(attempt: SessionCommand.ToolAttempt) {
        self.attempt = attempt
    }

    func add(_ text: String) -> Envelope? {
        state.withLock { state in
            state.text += text
            guard !state.isAnnounced else { return nil }
            state.isAnnounced = true
            return .output(self)
        }
    }

    func take() -> SessionCommand? {
        state.withLock { state in
            state.isAnnounced = false
            defer { state.text = "" }
            return state.text.isEmpty ? nil : .toolOutput(attempt, state.text)
        }
    }
}
