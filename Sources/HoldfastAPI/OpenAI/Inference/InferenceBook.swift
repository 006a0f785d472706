import HoldfastCore
import HoldfastModels
import HoldfastRuntime
import HoldfastStore
import Hummingbird
import NIOCore
import Synchronization

/// The books of one stateless inference: hands over one usage record when it ends, however it ends.
final class InferenceBook: Sendable {
    private struct State {
        var record: UsageRecord
        var lease: TargetLease?
        var relayed: AnswerMeter?
        /// What answers used that broke off before the one that is under way.
        var former = TokenUsage()
        /// What a translated answer used.
        var answer: ModelAnswer?
        var translatedBytes = 0
        var isClosed = false
    }

    /// The status that servers write down for a client that left.
    private static let clientClosed = 499

    private let meter: UsageMeter
    private let clock: any RuntimeClock
    private let requestBytes: Int
    private let state: Mutex<State>

    init(
        _ services: APIServices, _ context: APIContext, _ operation: UsageRecord.Operation,
        _ envelope: InferenceEnvelope
    ) {
        meter = services.meter
        clock = services.runtime.clock
        requestBytes = envelope.size
        var record = UsageRecord(
            at: clock.now(), project: context.project, operation: operation, model: envelope.model)
        record.key = context.identity?.key ?? ""
        record.request = "req_" + context.id
        record.attempts = 0
        state = Mutex(State(record: record))
    }

    // Nobody holds the books any more: the client left before the answer was written.
    deinit { close(.cancelled, status: Self.clientClosed) }

    /// The target that will answer, after so many were asked.
    func begin(_ walk: RouteWalk, _ lease: TargetLease?, relayed: AnswerMeter? = nil) {
        let now = clock.now()
        state.withLock { state in
            state.record.route = walk.route.name
            state.record.target = walk.target?.name ?? ""
            state.record.attempts = walk.attempts
            if let broken = state.relayed {
                state.former +=
                    broken.usage ?? .estimate(requestBytes: requestBytes, tokens: broken.estimatedOutput)
            }
            state.lease = lease
            state.relayed = relayed
            if lease != nil, state.record.firstToken == nil { state.record.firstToken = now - state.record.at }
        }
    }

    /// Bytes of a relayed answer pass by; what goes on to the client.
    func pass(_ chunk: ByteBuffer) -> ByteBuffer {
        state.withLock { $0.relayed?.take(chunk) ?? chunk }
    }

    /// What was held back of a relayed answer.
    func rest() -> ByteBuffer { state.withLock { $0.relayed?.end() ?? ByteBuffer() } }

    /// A piece of a translated answer.
    func add(_ piece: ModelPiece) {
        let text =
            switch piece {
            case .text(let text), .reasoning(let text): text
            case .item(let item): JSONWriter.text(item)
            }
        state.withLock { $0.translatedBytes += text.utf8.count }
    }

    /// A translated answer, or one of several, is complete.
    func add(_ answer: ModelAnswer) {
        state.withLock { state in
            var sum = state.answer ?? ModelAnswer()
            sum.usage += answer.usage
            sum.cost += answer.cost
            state.answer = sum
        }
    }

    /// The target broke off.
    func settle(_ error: ModelError) {
        state.withLock { $0.lease }?.settle(error, isLate: true)
    }

    /// Ends the inference; only the first time counts.
    func close(_ outcome: UsageRecord.Outcome, status: Int = clientClosed) {
        let now = clock.now()
        let record = state.withLock { state -> UsageRecord? in
            guard !state.isClosed else { return nil }
            state.isClosed = true
            var record = state.record
            record.outcome = outcome
            record.status = status
            record.latency = now - record.at
            count(&record, state)
            state.lease = nil
            // Nobody was asked: the route's limits refused the request.
            return record.attempts > 0 ? record : nil
        }
        if let record { meter.add(record) }
    }

    private func count(_ record: inout UsageRecord, _ state: State) {
        if let answer = state.answer {
            record.tokens = answer.usage
            record.cost = answer.cost
        } else if let usage = state.relayed?.usage {
            record.tokens = usage
        } else if record.outcome != .failed || record.status < 400 {
            let bytes = TokenUsage.estimate(requestBytes: requestBytes, answerBytes: state.translatedBytes)
            let isVector = record.operation == .embeddings
            let events = isVector ? 0 : state.relayed?.estimatedOutput ?? 0
            record.tokens = .estimate(requestBytes: requestBytes, tokens: bytes.output + events)
            record.isEstimated = true
        }
        if state.former != TokenUsage() {
            record.tokens += state.former
            record.isEstimated = true
        }
        if let price = state.lease?.target.price { record.cost = price.cost(of: record.tokens) }
    }
}
