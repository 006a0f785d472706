import HoldfastCore
import NIOHTTP1

/// Says what went wrong with a call in the words of `ModelError`.
enum AnthropicFailure {
    /// A response that is no stream.
    static func http(_ response: ErrorResponse) -> ModelError {
        let json = try? JSONParser.parse(response.body)
        let status = response.effectiveStatus
        var error = ModelError(
            status: status, message: message(json) ?? response.fallbackMessage,
            retryAfter: RetryAfter.read(response.headers))
        refine(&error, with: json?["error"])
        switch response.headers.first(name: "x-should-retry") {
        case "true": error.isRetryable = true
        case "false": error.isRetryable = false
        default: break
        }
        return error
    }

    /// An `error` event.
    static func inStream(_ event: JSON) -> ModelError {
        var error = ModelError(
            .server, message(event) ?? "the provider broke the answer off with an error", isRetryable: true)
        refine(&error, with: event["error"])
        return error
    }

    private static func message(_ json: JSON?) -> String? {
        let text = json?["error"]?["message"]?.string ?? json?["message"]?.string ?? ""
        return text.isEmpty ? nil : text
    }

    /// The type says more than the status.
    private static func refine(_ error: inout ModelError, with object: JSON?) {
        switch object?["type"]?.string {
        case "invalid_request_error": set(&error, .invalidRequest, retry: false)
        case "authentication_error", "permission_error": set(&error, .authentication, retry: false)
        // The account is empty: no wait helps.
        case "billing_error": set(&error, .rateLimit, retry: false)
        case "not_found_error": set(&error, .notFound, retry: false)
        case "request_too_large": set(&error, .invalidRequest, retry: false)
        case "rate_limit_error": set(&error, .rateLimit, retry: true)
        case "timeout_error": set(&error, .timeout, retry: true)
        case "overloaded_error": set(&error, .overloaded, retry: true)
        case "api_error": set(&error, .server, retry: true)
        default: break
        }
        if error.code == .invalidRequest, error.message.contains("prompt is too long") { error.code = .contextLength }
    }

    private static func set(_ error: inout ModelError, _ code: ModelError.Code, retry: Bool) {
        error.code = code
        error.isRetryable = retry
    }
}
