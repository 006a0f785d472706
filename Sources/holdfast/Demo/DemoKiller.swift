/// Kills the server at random moments of the job and starts it again.
struct DemoKiller: Sendable {
    /// One kill.
    struct Kill: Sendable {
        var at: Duration
        /// What was going on.
        var during: String
        var wasKilled: Bool
        /// From the start of the new process until it was ready.
        var recovery: Duration
    }

    /// When to kill: after this many calls have begun, a little later.
    struct Moment: Sendable, Equatable {
        var calls: Int
        var delay: Duration
    }

    let server: ServerProcess
    let observer: DemoObserver
    let timeline: DemoTimeline

    /// Moments that are spread over the job, the same for the same seed. The job's first and last calls are left out.
    static func moments(_ count: Int, job: DemoJob, using random: inout SeededRandom) -> [Moment] {
        let span = max(1, (job.steps.count - 3) / max(1, count))
        return (0..<count).map { index in
            let calls = 2 + index * span + Int.random(in: 0..<max(1, span - 1), using: &random)
            let pace = job.steps[calls - 1].pace.milliseconds
            return Moment(calls: calls, delay: .milliseconds(Int64.random(in: 0...pace + 100, using: &random)))
        }
    }

    /// Kills at each moment; ends when all are over.
    func run(_ moments: [Moment]) async throws -> [Kill] {
        var kills: [Kill] = []
        for (index, moment) in moments.enumerated() {
            try await observer.wait("call \(moment.calls)", .seconds(300)) {
                $0.calls.count >= moment.calls || $0.turnsEnded > 0
            }
            guard observer.now.turnsEnded == 0 else { return kills }
            try await Task.sleep(for: moment.delay)
            kills.append(try await kill("\(index + 1) of \(moments.count)"))
        }
        return kills
    }

    private func kill(_ label: String) async throws -> Kill {
        let time = timeline.now
        let during = activity(at: time)
        let wasKilled = try await server.kill()
        timeline.show("☠", .red, "SIGKILL", "\(label), \(during)")
        try await Task.sleep(for: .milliseconds(300))
        let recovery = try await server.start()
        timeline.show("↻", .cyan, "restarted", "process \(server.pid), ready after \(Moments.length(recovery))")
        return Kill(at: time, during: during, wasKilled: wasKilled, recovery: recovery)
    }

    private func activity(at time: Duration) -> String {
        guard let call = observer.now.calls.last else { return "before the first step" }
        let name = call.step.map { "step \($0)" } ?? "a call"
        guard call.endedAt == nil else { return "between \(name) and the next" }
        return "\(name) had been running for \(Moments.length(time - call.startedAt))"
    }
}
