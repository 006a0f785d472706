public import HoldfastCore

#if canImport(Glibc)
    import Glibc
#endif

/// Time as the runtime sees it; simulations bring their own.
public protocol RuntimeClock: Sendable {
    /// Wall-clock time.
    func now() -> Milliseconds

    /// Suspends until the wall clock shows `deadline`. Throws `CancellationError` when the task is cancelled.
    func sleep(until deadline: Milliseconds) async throws
}

/// The machine's clock.
public struct SystemClock: RuntimeClock {
    public init() {}

    public func now() -> Milliseconds {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }

    public func sleep(until deadline: Milliseconds) async throws {
        let wait = deadline - now()
        guard wait > 0 else { return }
        try await Task.sleep(for: .milliseconds(wait))
    }
}
