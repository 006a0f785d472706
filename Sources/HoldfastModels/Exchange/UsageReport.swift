import HoldfastCore
import Logging
import Synchronization

/// Prices calls, and says once when a provider does not report what they used.
final class UsageReport: Sendable {
    private let host: String
    private let logger: Logger
    private let hasWarned = Atomic(false)

    init(host: String, logger: Logger) {
        self.host = host
        self.logger = logger
    }

    /// The cost of a call in millionths of a US dollar.
    /// - Parameter usage: `nil` when the provider reported nothing.
    func cost(of usage: TokenUsage?, price: ModelPrice?, model: String) -> Int64 {
        if let usage { return price?.cost(of: usage) ?? 0 }
        if !hasWarned.exchange(true, ordering: .relaxed) {
            logger.warning(
                "the model provider reports no token usage, so its calls count as free",
                metadata: ["host": "\(host)", "model": "\(model)"])
        }
        return 0
    }
}

extension StreamedExchange {
    /// Warns of a key that others could read on the way.
    func warnIfExposed(_ logger: Logger) {
        guard authorization.isPresent, endpoint.isExposed else { return }
        logger.warning("the API key travels unencrypted: use https", metadata: ["host": "\(host)"])
    }
}
