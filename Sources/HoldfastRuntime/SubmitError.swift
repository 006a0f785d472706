public import HoldfastCore
public import HoldfastStore

/// Why a command did not go through.
public enum SubmitError: Error, Sendable {
    case refused(CommandError)
    /// The session has too many commands waiting.
    case overloaded
    /// The same idempotency key came with another request before.
    case keyReused
    /// The store could not write or read.
    case store(StoreError)
    /// The server is shutting down.
    case stopping
}
