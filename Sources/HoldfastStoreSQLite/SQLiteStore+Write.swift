import HoldfastStore
import Synchronization

extension SQLiteStore {
    /// Runs work in the writer's next transaction and waits until it is synced.
    ///
    /// The work may run twice (when a neighbour of the first transaction failed), the second time alone. It throws
    /// `.conflict` only before it has written anything.
    func write<Value: Sendable>(
        _ body: @escaping @Sendable (Connection) throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
        let box = Box<Value>()
        try await writer.perform(
            .task { (connection) throws(StoreError) in
                let value = try body(connection)
                box.value.withLock { $0 = value }
            }, size: 1_024)
        // Set whenever the work did not throw.
        return box.value.withLock { $0 }!
    }
}

private final class Box<Value: Sendable>: Sendable {
    let value = Mutex<Value?>(nil)
}
