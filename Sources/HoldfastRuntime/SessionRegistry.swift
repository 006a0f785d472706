import HoldfastCore
import HoldfastStore
import Synchronization

/// Which sessions are in memory, and the tasks that run them.
final class SessionRegistry: Sendable {
    private enum Entry {
        case loading([CheckedContinuation<Void, Never>])
        case live(LiveSession, Task<Void, Never>, usedAt: Milliseconds)
    }

    private struct State {
        var entries: [String: Entry] = [:]
        /// Loops that end; waited for at shutdown.
        var ending: [ObjectIdentifier: Task<Void, Never>] = [:]
        var isStopping = false
    }

    private let state = Mutex(State())
    private let clock: any RuntimeClock

    init(clock: any RuntimeClock) {
        self.clock = clock
    }

    /// Whether the server stops: nothing is started any more.
    var isStopping: Bool { state.withLock { $0.isStopping } }

    /// How many sessions are in memory.
    var count: Int { state.withLock { $0.entries.count } }

    /// A session that is in memory.
    func live(_ id: String) -> LiveSession? {
        state.withLock { state in
            guard case .live(let session, _, _) = state.entries[id] else { return nil }
            return session
        }
    }

    /// The session in memory; loads it when nobody else does already.
    /// - Returns: `nil` when `load` found none, or when the server stops.
    func session(
        _ id: String, executor: (any TaskExecutor)?, load: () async throws(StoreError) -> LiveSession?
    ) async throws(StoreError) -> LiveSession? {
        while true {
            if let found = use(id) { return found }
            guard await claim(id) else { continue }
            let loaded: LiveSession?
            do throws(StoreError) {
                loaded = try await load()
            } catch {
                _ = finishLoading(id, nil, executor)
                throw error
            }
            return finishLoading(id, loaded, executor)
        }
    }

    private func use(_ id: String) -> LiveSession? {
        let now = clock.now()
        return state.withLock { state in
            guard case .live(let session, let task, _) = state.entries[id] else { return nil }
            state.entries[id] = .live(session, task, usedAt: now)
            return session
        }
    }

    /// Whether the caller is the one to load; otherwise waits until the loading has ended.
    private func claim(_ id: String) async -> Bool {
        var isMine = false
        await withCheckedContinuation { continuation in
            let proceeds = state.withLock { state in
                switch state.entries[id] {
                case nil:
                    state.entries[id] = .loading([])
                    isMine = true
                    return true
                case .loading(let waiters):
                    state.entries[id] = .loading(waiters + [continuation])
                    return false
                case .live: return true
                }
            }
            if proceeds { continuation.resume() }
        }
        return isMine
    }

    /// Begins to run what was loaded, in the same step in which the others cease to wait for it: there is never a
    /// second one. Returns `nil` when nothing was loaded or the server stops.
    private func finishLoading(
        _ id: String, _ loaded: LiveSession?, _ executor: (any TaskExecutor)?
    ) -> LiveSession? {
        let now = clock.now()
        let (waiters, live) = state.withLock { state -> ([CheckedContinuation<Void, Never>], LiveSession?) in
            var waiters: [CheckedContinuation<Void, Never>] = []
            if case .loading(let waiting) = state.entries[id] { waiters = waiting }
            state.entries[id] = nil
            guard let loaded, !state.isStopping else { return (waiters, nil) }
            // Before those who only follow it: a thousand readers must not hold a session up.
            let task = Task(executorPreference: executor, priority: .high) { await loaded.run() }
            state.entries[id] = .live(loaded, task, usedAt: now)
            return (waiters, loaded)
        }
        for waiter in waiters { waiter.resume() }
        return live
    }

    /// Takes a session whose loop ends out of the registry; `false` when the server stops.
    func forget(_ session: LiveSession) -> Bool {
        state.withLock { state in
            if case .live(let current, let task, _) = state.entries[session.id], current === session {
                state.entries[session.id] = nil
                state.ending[ObjectIdentifier(session)] = task
            }
            return !state.isStopping
        }
    }

    /// Puts sessions to sleep that have nothing to do since `idle`, and more of them when there are too many.
    /// - Returns: how many.
    func passivate(idleFor idle: Milliseconds, above limit: Int) async -> Int {
        let now = clock.now()
        let candidates = state.withLock { state -> [(LiveSession, Milliseconds)] in
            state.entries.values.compactMap { entry in
                if case .live(let session, _, let usedAt) = entry { return (session, usedAt) }
                return nil
            }
        }
        var excess = candidates.count - limit
        var count = 0
        for (session, usedAt) in candidates.sorted(by: { ($0.1, $0.0.id) < ($1.1, $1.0.id) }) {
            guard now - usedAt > idle || excess > 0 else { break }
            guard session.canSleep, session.mailbox.closeIfIdle() else { continue }
            _ = forget(session)
            excess -= 1
            count += 1
        }
        let ended = state.withLock { state in
            defer { state.ending = [:] }
            return state.ending
        }
        for task in ended.values { await task.value }
        return count
    }

    /// Ends all loops after their current commit and waits for them.
    func stop() async {
        let entries = state.withLock { state in
            state.isStopping = true
            let sorted = state.entries.sorted { $0.key < $1.key }.map(\.value)
            var loading: [CheckedContinuation<Void, Never>] = []
            for case .loading(let waiters) in sorted { loading += waiters }
            state.entries = [:]
            return (sorted, Array(state.ending.values), loading)
        }
        var tasks = entries.1
        for case .live(let session, let task, _) in entries.0 {
            for case .request(_, _, let reply) in session.mailbox.close() {
                reply.resume(returning: .failure(.stopping))
            }
            tasks.append(task)
        }
        // Who waits for a session to be loaded finds that the server stops.
        for waiter in entries.2 { waiter.resume() }
        for task in tasks { await task.value }
    }
}
