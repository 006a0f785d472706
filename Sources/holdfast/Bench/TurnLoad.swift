import Glibc
import NIOCore
import NIOPosix

/// Closed loops of turns: each sends a message, waits until the event stream says that the session is idle again, and
/// sends the next one; after some turns it goes on with another session. Works on raw bytes, so that the load costs
/// little beside the server.
enum TurnLoad {
    /// What the loops do.
    struct Plan: Sendable {
        /// Loops that run at the same time.
        var loops: Int
        /// Idle sessions; each loop has its own share of them.
        var sessions: [String]
        var turnsPerSession: Int
        var port: Int
        var key: String
        /// The request body that begins a turn.
        var body: String
        var seconds: Double
    }

    /// Runs the loops.
    /// - Returns: the times of all turns in nanoseconds, and how long it took.
    static func run(_ plan: Plan) async throws -> (latencies: [Int64], seconds: Double) {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let tally = NIOLoopBoundBox.makeBoxSendingValue(TurnTally(), eventLoop: loop)
        let start = now()
        let finished = (0..<plan.loops).map { index -> EventLoopFuture<Void> in
            let done = loop.makePromise(of: Void.self)
            let sessions = stride(from: index, to: plan.sessions.count, by: plan.loops).map { plan.sessions[$0] }
            let worker = TurnWorker(plan: plan, sessions: sessions, loop: loop, tally: tally, done: done)
            loop.execute { worker.start() }
            return done.futureResult
        }
        try await loop.scheduleTask(in: .nanoseconds(Int64(plan.seconds * 1e9))) { tally.value.isOver = true }
            .futureResult.get()
        let measured = Double(now() - start) / 1e9
        try await EventLoopFuture.andAllComplete(finished, on: loop).get()
        let result = try await loop.submit { (tally.value.latencies, tally.value.problem) }.get()
        if let problem = result.1 { throw CommandFailure("A request failed: \(problem.prefix(400))") }
        return (result.0, measured)
    }

    static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

/// What all loops share.
struct TurnTally {
    var latencies: [Int64] = []
    var problem: String?
    var isOver = false
}
