import HoldfastCore
import Synchronization

/// Takes the events that the follower gets, shows them, and keeps what the checks need.
final class DemoObserver: Sendable {
    /// What was seen.
    struct Seen: Sendable {
        var events: [(id: String, body: JSON)] = []
        var calls: [DemoCall] = []
        var turnsEnded = 0
        var isIdle = false
        var environment = ""
        var problem: String?
        /// How often the stream was connected again after it broke.
        var reconnects = 0
    }

    let job: DemoJob
    let timeline: DemoTimeline
    private let seen = Mutex(Seen())

    init(job: DemoJob, timeline: DemoTimeline) {
        self.job = job
        self.timeline = timeline
    }

    var now: Seen { seen.withLock { $0 } }

    /// Waits until something is seen; throws when the session fails or the time is over.
    func wait(_ what: String, _ limit: Duration, until condition: (Seen) -> Bool) async throws {
        let end = ContinuousClock.now + limit
        while true {
            let isMet = try seen.withLock { seen in
                if let problem = seen.problem { throw CommandFailure(problem) }
                return condition(seen)
            }
            if isMet { return }
            guard ContinuousClock.now < end else {
                throw CommandFailure("Waited \(Moments.length(limit)) for \(what) in vain.")
            }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// Notes what happens to the connection.
    func note(_ notice: EventFollower.Notice) {
        guard case .connected(isAgain: true) = notice else { return }
        let last = seen.withLock { seen in
            seen.reconnects += 1
            return seen.events.last?.id ?? "the beginning"
        }
        timeline.show("↻", .cyan, "stream", "goes on after \(last)")
    }

    /// Takes one event.
    func take(_ event: StreamEvent) {
        seen.withLock { $0.events.append((event.id, event.body)) }
        switch event.kind {
        case "turn.item.added": begin(event.item ?? .null)
        case "turn.item.done": end(event.item ?? .null)
        case "turn.output_text.done":
            timeline.show("✎", .plain, "agent", event.body["text"]?.string ?? "")
        case "turn.completed", "turn.cancelled": seen.withLock { $0.turnsEnded += 1 }
        case "turn.failed":
            let reason = event.body["turn"]?["error"]?.text("message") ?? "no reason given"
            seen.withLock { $0.problem = "The turn failed: \(reason)" }
        case "idle": seen.withLock { $0.isIdle = true }
        case "in_progress", "turn.created": seen.withLock { $0.isIdle = false }
        case "failed":
            seen.withLock { $0.problem = "The session failed: \(event.body["session"]?.text("error") ?? "")" }
        case let kind where kind.hasPrefix("environment."): environment(event)
        default: break
        }
    }

    private func environment(_ event: StreamEvent) {
        let state = String(event.kind.dropFirst("environment.".count))
        let reason = event.body["environment"]?["error"]?.text("message") ?? ""
        seen.withLock { seen in
            seen.environment = state
            if state == "failed" { seen.problem = "The sandbox cannot be had: \(reason)" }
        }
    }

    private func begin(_ item: JSON) {
        guard Self.isCall(item), let id = item["id"]?.string else { return }
        let time = timeline.now
        let settled = job.settledStep(of: item)
        let step = seen.withLock { seen -> DemoStep? in
            let isJob = seen.turnsEnded == 0 && settled == nil
            let step = isJob ? job.step(of: item, taken: Set(seen.calls.compactMap(\.step))) : nil
            var call = DemoCall(item: id, step: step?.number, turn: seen.turnsEnded + 1, startedAt: time)
            call.settles = settled?.number
            seen.calls.append(call)
            return step
        }
        if settled == nil {
            let title = step?.title ?? item["command"]?.string ?? item["name"]?.string ?? ""
            timeline.show("▶", .dim, step.map { "step \($0.number)" } ?? "call", title)
        }
    }

    private func end(_ item: JSON) {
        guard Self.isCall(item), let id = item["id"]?.string else { return }
        let time = timeline.now
        let call = seen.withLock { seen -> DemoCall? in
            guard let index = seen.calls.firstIndex(where: { $0.item == id }) else { return nil }
            seen.calls[index].end(item, at: time)
            return seen.calls[index]
        }
        guard let call else { return }
        let label = (call.step ?? call.settles).map { "step \($0)" } ?? "call"
        switch call.outcome {
        case .unknown: timeline.show("?", .yellow, label, "outcome unknown: the server was killed while it ran")
        case .failed: timeline.show("✖", .red, label, "failed: \(call.output)")
        case .completed, .running: timeline.show("✔", .green, label, call.output)
        }
    }

    private static func isCall(_ item: JSON) -> Bool {
        ["command_execution", "mcp_call", "function_call"].contains(item["type"]?.string ?? "")
    }
}
