import Synchronization

/// What the runtime counted since it started.
public struct RuntimeCounters: Sendable {
    public var turnsStarted = 0
    public var turnsCompleted = 0
    public var turnsFailed = 0
    public var turnsCancelled = 0
    public var modelCalls = 0
    public var modelFailures = 0
    public var toolCalls = 0
    public var toolsUnknown = 0
    public var inputTokens = 0
    public var outputTokens = 0
    public var commits = 0
    public var events = 0
    public var activations = 0
    public var passivations = 0
}

/// Counters that many sessions write to.
final class CounterBox: Sendable {
    private let counters = Mutex(RuntimeCounters())

    var values: RuntimeCounters { counters.withLock { $0 } }

    func update(_ body: (inout RuntimeCounters) -> Void) {
        counters.withLock { body(&$0) }
    }
}
