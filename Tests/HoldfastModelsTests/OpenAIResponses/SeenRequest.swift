import HoldfastCore
import Synchronization

/// A provider that keeps what it was asked.
final class SeenRequest: ModelProvider {
    private let kept = Mutex<[ContextEntry]>([])

    var context: [ContextEntry] { kept.withLock { $0 } }

    func call(
        _ request: ModelRequest, emit: @escaping @Sendable (ModelPiece) -> Void
    ) async throws(ModelError) -> ModelAnswer {
        kept.withLock { $0 = request.context }
        return ModelAnswer()
    }
}
