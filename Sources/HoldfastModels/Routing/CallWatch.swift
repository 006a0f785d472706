import HoldfastCore
import Synchronization

/// Watches the calls of one request: when the first piece came, and what the answer costs.
final class CallWatch: Sendable {
    private let clock: MonotonicClock
    private let start: Milliseconds
    private let first = Atomic<Int64>(-1)

    init(_ clock: MonotonicClock) {
        self.clock = clock
        start = clock.now()
    }

    /// The time since the start.
    var latency: Milliseconds { clock.now() - start }

    /// The time to the first piece; `nil` when there was none yet.
    var firstPiece: Milliseconds? {
        let value = first.load(ordering: .relaxed)
        return value < 0 ? nil : value
    }

    /// Calls one target.
    func call(
        _ target: ModelTarget, _ request: ModelRequest, _ emit: @escaping @Sendable (ModelPiece) -> Void
    ) async -> RouteWalk.Outcome<ModelAnswer> {
        do throws(ModelError) {
            let answer = try await target.call(request) { piece in
                if self.first.load(ordering: .relaxed) < 0 { self.first.store(self.latency, ordering: .relaxed) }
                emit(piece)
            }
            if firstPiece == nil { first.store(latency, ordering: .relaxed) }
            return .answered(answer)
        } catch {
            return firstPiece == nil ? .failed(error) : .brokenOff(error)
        }
    }
}
