import HoldfastCore
import HoldfastModels
import HoldfastRuntime
import Synchronization

/// A response that is not stored: the same session core, without a journal. What there is of it is in memory, and gone
/// with its last reference.
final class EphemeralResponse: Sendable {
    private static let attempt = 1

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
            let answer = try await models.call(Context.request(due)) { [self] piece in
                show(apply(.modelPieces(attempt, [piece])))
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
