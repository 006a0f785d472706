import Foundation
import Testing

/// Gives every test of a suite a thread of its own, so that it may block on sockets and processes without holding up
/// tests that share the process; a few at a time, for each of them runs servers.
struct OwnThreadTrait: SuiteTrait, TestTrait, TestScoping {
    var isRecursive: Bool { true }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable @concurrent () async throws -> Void
    ) async throws {
        try await withTaskExecutorPreference(ThreadExecutor.shared) {
            Slots.shared.take()
            defer { Slots.shared.give() }
            try await function()
        }
    }
}

extension Trait where Self == OwnThreadTrait {
    /// Tests that block: each on its own thread.
    static var ownThread: Self { OwnThreadTrait() }
}

/// An executor whose jobs may block.
private final class ThreadExecutor: TaskExecutor {
    static let shared = ThreadExecutor()

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        Thread.detachNewThread { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

/// How many tests run at a time.
private final class Slots: Sendable {
    static let shared = Slots()

    private let condition = NSCondition()
    // Only touched while the condition is locked.
    nonisolated(unsafe) private var free = 4

    func take() {
        condition.lock()
        while free == 0 { condition.wait() }
        free -= 1
        condition.unlock()
    }

    func give() {
        condition.lock()
        free += 1
        condition.signal()
        condition.unlock()
    }
}

/// Runs every body on a thread of its own and waits for all; the first error is thrown.
func inParallel(_ bodies: [@Sendable () throws -> Void]) throws {
    let group = DispatchGroup()
    let failures = Locked<[any Error]>([])
    for body in bodies {
        group.enter()
        Thread.detachNewThread {
            do { try body() } catch { failures.with { $0.append(error) } }
            group.leave()
        }
    }
    group.wait()
    if let failure = failures.value.first { throw failure }
}

/// A value behind a lock.
final class Locked<Value>: @unchecked Sendable {
    // `@unchecked Sendable`: the value is only touched with the lock held.
    private let lock = NSLock()
    private var stored: Value

    init(_ value: Value) { stored = value }

    func with<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
        try lock.withLock { try body(&stored) }
    }
}

extension Locked where Value: Sendable {
    var value: Value { with { $0 } }
}
