import HoldfastCore
import Synchronization

/// What the two sides of a chat (typing and listening) know of each other.
final class ChatState: Sendable {
    private struct Content {
        var isResting: Bool
        /// Something was sent and the stream has not shown its turn yet.
        var isAwaited = false
        var isConnected = false
        var pendingCalls: [JSON] = []
    }

    private let content: Mutex<Content>

    init(isResting: Bool) { content = Mutex(Content(isResting: isResting)) }

    /// Whether the session does nothing until somebody says something.
    var isResting: Bool { content.withLock { $0.isResting && !$0.isAwaited } }

    /// Whether events come in.
    var isConnected: Bool { content.withLock { $0.isConnected } }

    func setConnected(_ isConnected: Bool) { content.withLock { $0.isConnected = isConnected } }

    /// Notes that something is about to be sent.
    func willSend() { content.withLock { $0.isAwaited = true } }

    /// Notes that what was to be sent was refused.
    func didNotSend() { content.withLock { $0.isAwaited = false } }

    /// Takes a function call that the session waits for.
    func takeCall() -> JSON? {
        content.withLock { content in
            guard !content.pendingCalls.isEmpty else { return Optional<JSON>.none }
            return content.pendingCalls.removeFirst()
        }
    }

    /// Notes what an event says; `true` when the session came to rest with it.
    func note(_ event: StreamEvent) -> Bool {
        content.withLock { content in
            if event.kind.hasPrefix("turn.") {
                content.isAwaited = false
                content.isResting = false
                return false
            }
            guard EventLine.isResting(event), !content.isAwaited else { return false }
            let actions = event.body["session"]?.list("required_actions") ?? []
            content.pendingCalls = actions.filter { $0["type"]?.string == "function_call" }
            defer { content.isResting = true }
            return !content.isResting
        }
    }
}
