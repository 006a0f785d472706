import HoldfastCore
import NIOCore
import NIOHTTP1

/// Says what went wrong with a call in the words of `ModelError`.
enum OpenAIFailure {
    /// An answer with an error status.
    static func http(_ response: ErrorResponse) -> ModelError {
        let json = try? JSONParser.parse(response.body)
        let message = json.flatMap(message(in:)) ?? plainText(response.body) ?? response.fallbackMessage
        var error = ModelError(
            status: response.effectiveStatus, message: message, retryAfter: RetryAfter.read(response.headers))
        refine(&error, with: json?["error"] ?? json)
        switch response.headers.first(name: "x-should-retry") {
        case "true": error.isRetryable = true
        case "false": error.isRetryable = false
        default: break
        }
        return error
    }

    /// An error object that came where a chunk was expected; the status was 200 by then.
    static func inStream(_ object: JSON) -> ModelError {
        let message = message(in: object) ?? "the provider broke the answer off with an error"
        // Some gateways put the status of the server behind them into `code`.
        let status = object["code"]?.integer.flatMap { 400..<600 ~= $0 ? Int($0) : nil }
        var error = ModelError(status: status ?? 500, message: message)
        refine(&error, with: object)
        return error
    }

    /// The message of `{"error": {"message"}}`, and of what other servers send in its place.
    private static func message(in json: JSON) -> String? {
        if let error = json["error"] { return error.string ?? message(in: error) }
        return [json["message"], json["detail"]].lazy.compactMap { $0?.string }.first { !$0.isEmpty } ?? json.string
    }

    private static func plainText(_ body: [UInt8]) -> String? {
        // No HTML pages of proxies, no broken JSON.
        guard let first = body.first, first != 0x3C, first != 0x7B, first != 0x5B else { return nil }
        return String(validating: body, as: UTF8.self)
    }

    /// A code or type says more than the status.
    private static func refine(_ error: inout ModelError, with object: JSON?) {
        let words = [object?["code"]?.string, object?["type"]?.string].compactMap { $0 }
        for word in words {
            switch word {
            case "context_length_exceeded", "exceed_context_size_error": set(&error, .contextLength, retry: false)
            // The account is empty: no wait helps.
            case "insufficient_quota": set(&error, .rateLimit, retry: false)
            case "rate_limit_exceeded", "rate_limit_error": set(&error, .rateLimit, retry: true)
            case "server_overloaded", "overloaded_error": set(&error, .overloaded, retry: true)
            case "invalid_api_key", "authentication_error": set(&error, .authentication, retry: false)
            case "model_not_found": set(&error, .notFound, retry: false)
            case "invalid_request_error":
                // A type that 401, 404 and 429 answers carry as well: it only tells something about a bare 500.
                guard error.code == .server else { continue }
                set(&error, .invalidRequest, retry: false)
            default: continue
            }
            return
        }
        if error.code == .invalidRequest, error.message.contains("maximum context length") {
            error.code = .contextLength
        }
    }

    private static func set(_ error: inout ModelError, _ code: ModelError.Code, retry: Bool) {
        error.code = code
        error.isRetryable = retry
    }
}
