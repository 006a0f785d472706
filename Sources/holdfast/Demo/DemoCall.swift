import HoldfastCore

/// A tool call as the follower saw it.
struct DemoCall: Sendable {
    /// How a call ended.
    enum Outcome: String, Sendable {
        case running, completed, failed, unknown
    }

    var item: String
    /// The step of the job that it is for, if it is for one.
    var step: Int?
    /// The step of unknown outcome that it looks up.
    var settles: Int?
    /// Which turn of the demo it belongs to, from 1; the job is the first.
    var turn: Int
    var startedAt: Duration
    var endedAt: Duration?
    var outcome = Outcome.running
    var output = ""

    /// Notes how the call ended.
    mutating func end(_ item: JSON, at time: Duration) {
        endedAt = time
        output = item["output"].map { $0.string ?? ($0.isNull ? "" : $0.text) } ?? ""
        if output.isEmpty { output = item["error"]?.string ?? "" }
        let isUnknown = output.contains(ToolOutcome.unknownText) || item["status"]?.string == "incomplete"
        let hasFailed = item["status"]?.string == "failed" || (item["exit_code"]?.integer ?? 0) != 0
        outcome = isUnknown ? .unknown : hasFailed ? .failed : .completed
    }
}
