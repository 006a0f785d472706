import HoldfastCore
import Synchronization

/// Keeps the pieces of a streamed answer.
final class PieceRecorder: Sendable {
    private let pieces = Mutex<[ModelPiece]>([])

    var all: [ModelPiece] { pieces.withLock { $0 } }

    func add(_ piece: ModelPiece) { pieces.withLock { $0.append(piece) } }
}

extension [ModelPiece] {
    var text: String {
        map { if case .text(let text) = $0 { text } else { "" } }.joined()
    }

    var reasoning: String {
        map { if case .reasoning(let text) = $0 { text } else { "" } }.joined()
    }
}
