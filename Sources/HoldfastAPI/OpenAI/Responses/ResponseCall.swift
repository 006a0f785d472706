import HTTPTypes
import HoldfastCore
import HoldfastModels
import HoldfastRuntime

/// A Responses request with everything it refers to: read, checked, and not yet begun.
struct ResponseCall {
    let request: ResponseRequest
    let input: [Item.Body]
    private let origin: (state: SessionState, after: String?)?
    private let sessions: ResponseSessions

    /// - Parameter remembered: a response that is not stored but known to the connection.
    init(_ fields: Fields, _ sessions: ResponseSessions, remembered: EphemeralResponse? = nil) async throws {
        let limits = sessions.services.limits
        var request = try ResponseRequestReader(limits: limits).read(fields)
        request.request.key = sessions.identity.key
        try sessions.models().check(request.request.model)
        var origin = remembered.map { (state: $0.current, after: Optional($0.turn)) }
        if origin == nil { origin = try await sessions.origin(of: request) }
        let known = origin?.state
        let reader = InputItemReader(limits: limits) { id in known?.items.last { $0.id == id }?.body }
        guard let input = try reader.input(fields) ?? (known == nil ? nil : []) else { throw APIError.missing("input") }
        try Self.checkResults(input, known)
        self.request = request
        self.input = input
        self.origin = origin
        self.sessions = sessions
    }

    /// Begins it as a stored response.
    func accept() async throws -> ResponseSessions.Accepted {
        try await sessions.accept(request, input, in: origin)
    }

    /// Prepares it as a response that is not stored.
    func ephemeral() throws(APIError) -> EphemeralResponse {
        let past = origin.map { $0.state.past(through: $0.after ?? $0.state.turns.last?.id ?? "") }
        return try EphemeralResponse(
            request.request, input: input, past: past, project: sessions.project, services: sessions.services)
    }

    /// Every result answers a call, of the conversation or of the input itself.
    private static func checkResults(_ input: [Item.Body], _ known: SessionState?) throws(APIError) {
        var calls: Set<String> = []
        var answered: Set<String> = []
        for case .other(let item) in input {
            guard let call = item["call_id"]?.string, let type = item["type"]?.string else { continue }
            guard type == "function_call_output" || type == "custom_tool_call_output" else {
                calls.insert(call)
                continue
            }
            guard answered.insert(call).inserted else {
                throw .invalid("input", "The call \(call.prefix(80)) has two outputs.")
            }
            guard !calls.contains(call), known?.hasCall(call) != true else { continue }
            let kind = type == "function_call_output" ? "function call" : "custom tool call"
            throw .invalid("input", "No tool call found for \(kind) output with call_id \(call.prefix(80)).")
        }
    }
}
