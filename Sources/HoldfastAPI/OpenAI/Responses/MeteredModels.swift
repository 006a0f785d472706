import HTTPTypes
import HoldfastCore
import HoldfastModels
import HoldfastRuntime
import HoldfastStore
import Synchronization

/// The models as one client may use them outside of sessions: every call leaves a usage record.
struct MeteredModels: ModelProvider {
    /// The status that servers write down for a client that left.
    private static let clientClosed = 499

    let services: APIServices
    let identity: Identity
    /// The request's id; `nil` for a message of a socket.
    let request: String?

    /// Whether the client may call a model, and somebody serves it.
    /// - Throws: when not, or when no usage can be recorded any more.
    func check(_ model: String) throws(APIError) {
        guard identity.models?.allows(model) ?? true else { throw .modelNotAllowed(model) }
        guard services.models.route(for: model) != nil else {
            throw .unknownModel(model, known: services.models.names.filter { identity.models?.allows($0) ?? true })
        }
        guard !services.meter.isFull else { throw .usageBacklog }
    }

    func call(
        _ request: ModelRequest, emit: @escaping @Sendable (ModelPiece) -> Void
    ) async throws(ModelError) -> ModelAnswer {
        let clock = services.runtime.clock
        let start = clock.now()
        let written = Atomic(0)
        do throws(ModelError) {
            let answer = try await services.models.call(request) { piece in
                written.add(piece.byteCount, ordering: .relaxed)
                emit(piece)
            }
            var record = record(request, answer.report, start)
            record.tokens = answer.usage
            record.cost = answer.cost
            record.status = 200
            services.meter.add(record)
            return answer
        } catch {
            var record = record(request, error.report, start)
            record.outcome = Task.isCancelled ? .cancelled : .failed
            record.status = Task.isCancelled ? Self.clientClosed : Int(APIError(error).status.code)
            let bytes = written.load(ordering: .relaxed)
            if Task.isCancelled || bytes > 0 {
                record.tokens = .estimate(requestBytes: request.approximateBytes, answerBytes: bytes)
                record.isEstimated = true
            }
            if record.attempts > 0 { services.meter.add(record) }
            throw error
        }
    }

    private func record(
        _ request: ModelRequest, _ report: ModelCallReport?, _ start: Milliseconds
    ) -> UsageRecord {
        var record = UsageRecord(at: start, project: identity.project, operation: .responses, model: request.model)
        record.key = identity.key
        record.request = self.request
        record.route = report?.route ?? ""
        record.target = report?.target ?? ""
        record.attempts = report?.attempts ?? 0
        record.firstToken = report?.firstPiece
        record.latency = services.runtime.clock.now() - start
        return record
    }
}

extension ModelPiece {
    /// The size of its text.
    var byteCount: Int {
        switch self {
        case .text(let text), .reasoning(let text): text.utf8.count
        case .item(let item): JSONWriter.bytes(item).count
        }
    }
}

extension APIError {
    /// No usage can be recorded any more, so nothing may be used.
    static let usageBacklog = APIError(
        .serviceUnavailable, type: "server_error", code: "usage_backlog",
        "Too many usage records wait to be written: the server's storage is full or slow.", retryAfter: 5)
}
