import HoldfastCore
import HoldfastModels
import HoldfastRuntime
import Synchronization

/// A response that is not stored: the same session core, without a journal. What there is of it is in memory, and gone
/// with its last reference.
final class EphemeralResponse: Sendable {
    private static let attempt = 1
    /// Pieces are shown together when they are less than this part of what was shown before: each showing copies the
    /// whole text, and a long answer must not cost its square.
    private static let gathering = 64

    private let state: Mutex<SessionState>
    private let clock: any RuntimeClock
    private let limits: Limits
    private let projection = ResponsesProjection()
    let session: String
    let turn: String
    /// The events of its beginning.
    let opening: [StreamFrame]

    /// - Parameter past: the conversation that it continues.
    init(
        _ request: TurnRequest, input: [Item.Body], past: ItemsAdded?, project: String, services: APIServices
    ) throws(APIError) {
        clock = services.runtime.clock
        limits = services.limits
        session = services.newID("sess")
        let agent = AgentDefinition(id: services.newID("agent"), model: request.model)
        let time = clock.now()
        let start = SessionCore.start(
            session: session, SessionCreated(project: project, agent: agent, isChain: true), at: time)
        var frames: [StreamFrame] = []
        do throws(CommandError) {
            var current = start
            if let past { current = try SessionCore.decide(current, .branch(past), at: time, limits: limits).state }
            let projection = projection
            current = try SessionCore.decide(
                current, .respond(request, input, after: nil), at: time, limits: limits
            ) { event, before, after in
                projection.project(event, before: before, after: after, at: time, into: &frames)
            }.state
            state = Mutex(current)
            turn = current.turns.last?.id ?? ""
        } catch {
            throw APIError(.refused(error), session: session)
        }
        opening = frames
    }

    /// The response as it is now.
    var current: SessionState { state.withLock { $0 } }

    /// Makes the model call. A failure ends the response, and is thrown.
    /// - Parameter show: takes the events that follow the opening, in order.
    func run(
        _ models: any ModelProvider, show: @escaping @Sendable ([StreamFrame]) -> Void
    ) async throws(ModelError) {
        let due = current
        let attempt = SessionCommand.ModelAttempt(number: due.modelCalls + 1, attempt: Self.attempt)
        do throws(ModelError) {
            let gathered = Mutex(Gathered())
            let answer = try await models.call(Context.request(due)) { [self] piece in
                let pieces = gathered.withLock { $0.add(piece, upTo: Self.gathering) }
                if !pieces.isEmpty { show(apply(.modelPieces(attempt, pieces))) }
            }
            let runners = answer.calls.map { _ in ToolCall.Runner.client }
            show(apply(.modelAnswered(attempt, ModelAnswered(answer: answer, runners: runners))))
        } catch {
            var final = error
            final.isRetryable = false
            show(apply(.modelFailed(attempt, final, jitter: 0)))
            throw error
        }
    }

    /// Pieces that were not shown yet; what is left at the end is in the answer.
    private struct Gathered {
        private var pieces: [ModelPiece] = []
        private var waiting = 0
        private var shown = 0

        /// Adds a piece and returns what is to be shown now.
        mutating func add(_ piece: ModelPiece, upTo part: Int) -> [ModelPiece] {
            waiting += piece.byteCount
            switch (pieces.last, piece) {
            case (.text(let old), .text(let new)): pieces[pieces.count - 1] = .text(old + new)
            case (.reasoning(let old), .reasoning(let new)): pieces[pieces.count - 1] = .reasoning(old + new)
            default: pieces.append(piece)
            }
            guard waiting >= shown / part else { return [] }
            defer {
                shown += waiting
                waiting = 0
                pieces = []
            }
            return pieces
        }
    }

    /// Ends the response without a model call.
    func endWithoutAnswer() -> [StreamFrame] {
        let attempt = SessionCommand.ModelAttempt(number: current.modelCalls + 1, attempt: Self.attempt)
        return apply(.modelAnswered(attempt, ModelAnswered(answer: ModelAnswer(), runners: [])))
    }

    /// Decides and folds; the events are shown.
    private func apply(_ command: SessionCommand) -> [StreamFrame] {
        let time = clock.now()
        return state.withLock { state in
            var frames: [StreamFrame] = []
            let projection = projection
            let decision = try? SessionCore.decide(state, command, at: time, limits: limits) { event, before, after in
                projection.project(event, before: before, after: after, at: time, into: &frames)
            }
            // Nothing that a model call brings is refused.
            if let decision { state = decision.state }
            return frames
        }
    }
}
