import HoldfastCore
import HoldfastStore
import Logging
public import ServiceLifecycle
import Synchronization

/// Runs a runtime: recovers what a former process left open, puts idle sessions to sleep, keeps streams alive, and at
/// shutdown lets commits finish and leaves open turns to the next process.
public struct RuntimeService: Service {
    private let runtime: Runtime
    private let onRecovered: @Sendable () -> Void

    /// - Parameter onRecovered: called once every session with open work is in memory again.
    public init(_ runtime: Runtime, onRecovered: @escaping @Sendable () -> Void = {}) {
        self.runtime = runtime
        self.onRecovered = onRecovered
    }

    public func run() async throws {
        try await withGracefulShutdownHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await runtime.maintain(onRecovered) }
                group.addTask { try await gracefulShutdown() }
                defer { group.cancelAll() }
                // A recovery that fails ends the server: what it cannot read it must not pass over.
                try await group.next()
            }
        } onGracefulShutdown: {
            runtime.fanout.close()
        }
        await runtime.stop()
    }
}

extension Runtime {
    /// Recovers, then puts idle sessions to sleep and keeps streams alive until its task is cancelled.
    public func maintain(_ onRecovered: @escaping @Sendable () -> Void = {}) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.recover(onRecovered) }
            group.addTask { await self.sweep() }
            group.addTask { await self.sendKeepAlives() }
            try await group.waitForAll()
        }
    }

    /// Loads every session with open work, so that it goes on. Reads no other.
    public func recover(_ onRecovered: @Sendable () -> Void = {}) async throws {
        var last: String?
        var count = 0
        while true {
            let page = try await store.sessionsWithOpenWork(after: last, limit: 256)
            for session in page {
                do throws(SubmitError) {
                    _ = try await activate(session)
                } catch {
                    // One session that cannot be read must not keep the others from going on.
                    logger.error(
                        "a session cannot be recovered", metadata: ["session": "\(session)", "error": "\(error)"])
                }
            }
            count += page.count
            guard page.count == 256 else { break }
            last = page.last
        }
        logger.info("recovered", metadata: ["sessions": "\(count)"])
        onRecovered()
    }

    /// Ends all sessions and streams; open turns stay open in the journal.
    public func stop() async {
        fanout.close()
        await registry.stop()
    }

    func sweep() async {
        var asleep = 0
        while !Task.isCancelled {
            do { try await clock.sleep(until: clock.now() + 1_000) } catch { return }
            await reloadDropped()
            let count = await registry.passivate(idleFor: limits.sessionIdleTime, above: limits.liveSessions)
            asleep += count
            // What the sessions held is given back to the system, which the allocator would not do: after many of
            // them, and once no more fall asleep.
            if asleep >= 1_000 || (asleep > 0 && count == 0) {
                FreedMemory.giveBack()
                asleep = 0
            }
        }
    }

    /// Brings back sessions that a failed commit threw out while they had work to do.
    private func reloadDropped() async {
        let sessions = dropped.withLock { dropped in
            defer { dropped = [] }
            return dropped
        }
        for session in sessions.sorted() {
            do {
                guard let row = try await store.session(session), !row.head.openEffects.isEmpty else { continue }
                _ = try await activate(session)
            } catch SubmitError.refused {
                continue
            } catch {
                // The store is still in trouble: the next round tries again.
                _ = dropped.withLock { $0.insert(session) }
            }
        }
    }

    func sendKeepAlives() async {
        while !Task.isCancelled {
            do { try await clock.sleep(until: clock.now() + limits.streamKeepAlive) } catch { return }
            fanout.keepAlive()
        }
    }
}
