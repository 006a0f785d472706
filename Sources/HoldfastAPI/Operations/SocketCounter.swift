import Synchronization

/// Counts the WebSockets of a server.
final class SocketCounter: Sendable {
    private let counts = Mutex((open: 0, all: 0))

    /// How many are open.
    var open: Int { counts.withLock { $0.open } }
    /// How many were opened since the start.
    var all: Int { counts.withLock { $0.all } }

    /// Counts a socket for as long as it is served.
    func count(_ serve: () async -> Void) async {
        counts.withLock { counts in
            counts.open += 1
            counts.all += 1
        }
        await serve()
        counts.withLock { $0.open -= 1 }
    }
}
