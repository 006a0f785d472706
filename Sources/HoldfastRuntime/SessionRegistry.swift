import HoldfastCore
import HoldfastStore
import Synchronization

/// Which sessions are in memory, and the tasks that run them.
final class SessionRegistry: Sendable {
    private enum Entry {
        case loading([CheckedContinuation<Void, Never>])
        case live(LiveSession, Task<Void, Never>, usedAt: ContinuousClock.Instant)
    }

    private struct State {
        var entries: [String: Entry] = [:]
        /// Loops that end; waited for at shutdown.
        var ending: [ObjectIdentifier: Task<Void, Never>] = [:]
        var isStopping = false
    }

    private let state = Mutex(State())

    /// How many sessions are in memory.
    var count: Int { state.withLock { $0.entries.count } }

    /// A session that is in memory.
    func live(_ id: String) -> LiveSession? {
        state.withLock { state in
            guard case .live(let session, _, _) = state.entries[id] else { return nil }
            return session
        }
    }

    /// Begins to run a session; `false` when the server stops.
    func start(_ session: LiveSession, executor: (any TaskExecutor)?) -> Bool {
        state.withLock { state in
            guard !state.isStopping else { return false }
            let task = Task(executorPreference: executor) { await session.run() }
            state.entries[session.id] = .live(session, task, usedAt: .now)
            return true
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
                finishLoading(id)
                throw error
            }
            finishLoading(id)
            guard let loaded, start(loaded, executor: executor) else { return nil }
            return loaded
        }
    }

    private func use(_ id: String) -> LiveSession? {
        state.withLock { state in
            guard case .live(let session, let task, _) = state.entries[id] else { return nil }
            state.entries[id] = .live(session, task, usedAt: .now)
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

    private func finishLoading(_ id: String) {
        let waiters = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            guard case .loading(let waiters) = state.entries[id] else { return [] }
            state.entries[id] = nil
            return waiters
        }
        for waiter in waiters { waiter.resume() }
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
    func passivate(idleFor idle: Duration, above limit: Int) async {
        let candidates = state.withLock { state -> [(LiveSession, ContinuousClock.Instant)] in
            state.entries.values.compactMap { entry in
                if case .live(let session, _, let usedAt) = entry { return (session, usedAt) }
                return nil
            }
        }
        var excess = candidates.count - limit
        for (session, usedAt) in candidates.sorted(by: { $0.1 < $1.1 }) {
            guard usedAt.duration(to: .now) > idle || excess > 0 else { break }
            guard SessionCore.outstanding(session.committed).isEmpty, session.mailbox.closeIfIdle() else { continue }
            _ = forget(session)
            excess -= 1
        }
        let ended = state.withLock { state in
            defer { state.ending = [:] }
            return state.ending
        }
        for task in ended.values { await task.value }
    }

    /// Ends all loops after their current commit and waits for them.
    func stop() async {
        let entries = state.withLock { state in
            state.isStopping = true
            defer { state.entries = [:] }
            return (Array(state.entries.values), Array(state.ending.values))
        }
        var tasks = entries.1
        for case .live(let session, let task, _) in entries.0 {
            for case .request(_, _, let reply) in session.mailbox.close() { reply.resume(returning: .failure(.stopping)) }
            tasks.append(task)
        }
        for task in tasks { await task.value }
    }
}
