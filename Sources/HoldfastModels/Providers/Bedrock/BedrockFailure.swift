import HoldfastCore
import NIOHTTP1

/// Says what went wrong with a call in the words of `ModelError`.
enum BedrockFailure {
    /// A response that is no answer.
    static func http(_ response: ErrorResponse) -> ModelError {
        let json = try? JSONParser.parse(response.body)
        // `ValidationException:http://internal.amazon.com/coral/…`
        let type = response.headers.first(name: "x-amzn-errortype").map { String($0.prefix { $0 != ":" }) }
        var error = ModelError(
            status: response.effectiveStatus,
            message: message(json) ?? response.fallbackMessage,
            retryAfter: RetryAfter.read(response.headers))
        refine(&error, type: type ?? typeInBody(json))
        return error
    }

    /// An exception in the stream; the status was 200 by then.
    static func inStream(type: String, _ json: JSON?) -> ModelError {
        var error = ModelError(
            .server, message(json) ?? "the provider broke the answer off: \(type)", isRetryable: true)
        refine(&error, type: type)
        return error
    }

    private static func message(_ json: JSON?) -> String? {
        let text = json?["message"]?.string ?? json?["Message"]?.string ?? ""
        return text.isEmpty ? nil : text
    }

    /// `com.amazon.coral.service#ValidationException`
    private static func typeInBody(_ json: JSON?) -> String? {
        json?["__type"]?.string.flatMap { $0.split(separator: "#").last.map(String.init) }
    }

    /// Over HTTP a type begins with a capital, in a stream it does not.
    private static func refine(_ error: inout ModelError, type: String?) {
        switch type?.lowercased() {
        case "validationexception": set(&error, .invalidRequest, retry: false)
        case "accessdeniedexception", "unrecognizedclientexception", "invalidsignatureexception",
            "expiredtokenexception", "incompletesignatureexception", "missingauthenticationtokenexception":
            set(&error, .authentication, retry: false)
        case "resourcenotfoundexception": set(&error, .notFound, retry: false)
        case "throttlingexception": set(&error, .rateLimit, retry: true)
        // Raising the quota is a person's work.
        case "servicequotaexceededexception": set(&error, .rateLimit, retry: false)
        case "modelnotreadyexception", "serviceunavailableexception": set(&error, .overloaded, retry: true)
        case "modeltimeoutexception": set(&error, .timeout, retry: true)
        case "internalserverexception", "modelerrorexception", "modelstreamerrorexception":
            set(&error, .server, retry: true)
        default: break
        }
        let isTooLong = ["too long", "maximum context length", "context window"].contains { error.message.contains($0) }
        if error.code == .invalidRequest, isTooLong { error.code = .contextLength }
    }

    private static func set(_ error: inout ModelError, _ code: ModelError.Code, retry: Bool) {
        error.code = code
        error.isRetryable = retry
    }
}
