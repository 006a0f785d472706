import AsyncHTTPClient
import HoldfastCore

/// Says what went wrong below HTTP.
enum TransportFailure {
    /// Only fixed texts: a description could quote a header.
    static func error(_ error: any Error, host: String) -> ModelError {
        if error is CancellationError || Task.isCancelled {
            return ModelError(.connection, "cancelled", isRetryable: false)
        }
        switch error as? HTTPClientError {
        case .connectTimeout?, .tlsHandshakeTimeout?, .getConnectionFromPoolTimeout?, .deadlineExceeded?, .readTimeout?,
            .writeTimeout?, .httpProxyHandshakeTimeout?, .socksHandshakeTimeout?:
            return ModelError(.timeout, "\(host) could not be reached in time", isRetryable: true)
        case let error?:
            return ModelError(
                .connection, "the connection to \(host) failed: \(error.shortDescription)", isRetryable: true)
        case nil:
            return ModelError(.connection, "the connection to \(host) failed", isRetryable: true)
        }
    }
}

extension ModelError {
    /// A piece of an answer is not what its dialect says it is.
    static func notJSON(_ error: JSONParseError) -> ModelError {
        ModelError(.server, "the provider sent an event that is not JSON: \(error.reason)", isRetryable: true)
    }

    /// The body ended, and the answer was not complete.
    static func cutOff(_ host: String) -> ModelError {
        ModelError(.connection, "\(host) ended the stream before the answer was complete", isRetryable: true)
    }

    static func namelessCall(_ host: String) -> ModelError {
        ModelError(.server, "\(host) sent a tool call without a name", isRetryable: true)
    }
}
