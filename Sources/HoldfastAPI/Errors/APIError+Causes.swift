import HTTPTypes
import HoldfastCore
import HoldfastModels
import HoldfastRuntime
import HoldfastStore

extension APIError {
    /// What a failure of the store means to a client.
    init(_ error: StoreError) {
        switch error.code {
        case .full:
            self.init(
                HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage"), type: "server_error",
                code: "insufficient_storage",
                "The server's disk is full: nothing was written. Reads go on; try again when there is space.",
                retryAfter: 5)
        case .closed:
            self.init(
                .serviceUnavailable, type: "server_error", code: "server_stopping", "The server is stopping.",
                retryAfter: 1)
        case .corrupt:
            self.init(
                .internalServerError, type: "server_error", code: "storage_corrupt",
                "Stored data failed its integrity check; run 'holdfast verify'.")
        default:
            self.init(
                .internalServerError, type: "server_error", code: "storage_error",
                "The server could not use its storage.")
        }
    }

    /// What a refused command means to a client.
    init(_ error: SubmitError, session: String) {
        switch error {
        case .refused(let refusal): self.init(refusal, session: session)
        case .overloaded:
            self.init(
                .tooManyRequests, type: "rate_limit_error", code: "session_overloaded",
                "The session has too many requests waiting. Try again in a moment.", retryAfter: 1)
        case .keyReused:
            self.init(
                .unprocessableContent, code: "idempotency_key_reused", param: "Idempotency-Key",
                "This Idempotency-Key was used before in this session with another request.")
        case .store(let error): self.init(error)
        case .stopping:
            self.init(
                .serviceUnavailable, type: "server_error", code: "server_stopping", "The server is stopping.",
                retryAfter: 1)
        }
    }

    private init(_ error: CommandError, session: String) {
        switch error {
        case .notFound: self = .notFound("session", session)
        case .unknownCall(let call):
            self = .invalid("call_id", "Unknown pending tool call: \(call)", code: "invalid_request_error")
        case .wrongTurn(let call):
            self = .invalid("turn_id", "The call \(call) belongs to another turn.", code: "invalid_request_error")
        case .running:
            self = .invalid(
                nil, "The session is working. Cancel its turn before you delete it.", code: "session_running")
        case .busy, .continued:
            self.init(
                .conflict, code: "conversation_locked",
                "A response is being made in this conversation. Wait until it has ended, or cancel it.", retryAfter: 1)
        case .unknown(let id): self = .notFound("item", id)
        case .limit(let name):
            self = .invalid(nil, "The session reached the limit '\(name)'.", code: "limit_reached")
        }
    }
}

extension APIError {
    /// What a failed model call means to the client of a stateless request.
    init(_ error: ModelError) {
        let retryAfter = error.retryAfter.map(RetryAfter.wholeSeconds)
        switch error.code {
        case .invalidRequest:
            self.init(.badRequest, code: "invalid_request_error", error.message)
        case .contextLength: self.init(.badRequest, code: "context_length_exceeded", param: "messages", error.message)
        case .notFound: self.init(.notFound, code: "model_not_found", param: "model", error.message)
        case .rateLimit:
            self.init(
                .tooManyRequests, type: "rate_limit_error", code: "rate_limit_exceeded", error.message,
                retryAfter: retryAfter)
        case .timeout:
            self.init(.gatewayTimeout, type: "server_error", code: "upstream_timeout", error.message)
        case .overloaded:
            self.init(
                .serviceUnavailable, type: "server_error", code: "upstream_overloaded", error.message,
                retryAfter: retryAfter)
        case .server, .connection, .authentication:
            self.init(.badGateway, type: "server_error", code: "upstream_error", error.message, retryAfter: retryAfter)
        }
    }
}
