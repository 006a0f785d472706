import Dispatch
import Foundation
import HoldfastStore
import Synchronization

/// Threads with something each of them owns (a connection), and a queue of work for them. It keeps blocking calls off
/// Swift's own threads.
final class ThreadPool<Context>: Sendable {
    private typealias Job = @Sendable (Context?) -> Void

    private struct State {
        var jobs: [Job] = []
        var first = 0
        var isClosed = false
        var running: Int
        var closers: [UnsafeContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>
    private let wakeUp = DispatchSemaphore(value: 0)
    private let threads: Int

    /// Starts the threads.
    /// - Parameter enter: Called on each thread with its number and a function that works until the pool is closed and
    ///   that must be given the thread's context.
    init(threads: Int, name: String, enter: @escaping @Sendable (Int, (Context) -> Void) -> Void) {
        self.threads = threads
        state = Mutex(State(running: threads))
        for index in 0..<threads {
            let thread = Thread { [self] in
                enter(index) { work(with: $0) }
                leave()
            }
            thread.name = "\(name)-\(index)"
            thread.stackSize = 1 << 20
            thread.start()
        }
    }

    /// Runs work on one of the threads.
    func run<Value: Sendable>(
        _ body: @escaping @Sendable (Context) throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
        let result: Result<Value, StoreError> = await withUnsafeContinuation { continuation in
            let job: Job = { context in
                guard let context else {
                    continuation.resume(returning: .failure(StoreError(.closed, "the store is closed")))
                    return
                }
                do throws(StoreError) {
                    continuation.resume(returning: .success(try body(context)))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
            let isClosed = state.withLock { state in
                if !state.isClosed { state.jobs.append(job) }
                return state.isClosed
            }
            if isClosed { job(nil) } else { wakeUp.signal() }
        }
        return try result.get()
    }

    /// Refuses new work; the threads end after the work that is queued.
    func stop() {
        let wasClosed = state.withLock { state in
            defer { state.isClosed = true }
            return state.isClosed
        }
        if !wasClosed { for _ in 0..<threads { wakeUp.signal() } }
    }

    /// Stops and waits until all threads have ended.
    func close() async {
        stop()
        await withUnsafeContinuation { continuation in
            let isDone = state.withLock { state in
                if state.running > 0 { state.closers.append(continuation) }
                return state.running == 0
            }
            if isDone { continuation.resume() }
        }
    }

    private func work(with context: Context) {
        while true {
            wakeUp.wait()
            guard let job = next() else { return }
            job(context)
        }
    }

    private func next() -> Job? {
        state.withLock { state in
            guard state.first < state.jobs.count else { return nil }
            let job = state.jobs[state.first]
            state.first += 1
            if state.first == state.jobs.count {
                state.jobs.removeAll(keepingCapacity: state.first < 4_096)
                state.first = 0
            }
            return job
        }
    }

    private func leave() {
        let closers = state.withLock { state in
            state.running -= 1
            defer { if state.running == 0 { state.closers = [] } }
            return state.running == 0 ? state.closers : []
        }
        for closer in closers { closer.resume() }
    }
}
