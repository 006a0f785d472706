import HoldfastCore

/// Counts what an answer holds, against the limits.
struct AnswerBudget {
    private let maximumBytes: Int
    private let maximumCalls: Int
    private var bytes = 0
    private var calls = 0

    init(limits: Limits) {
        maximumBytes = limits.modelOutput
        maximumCalls = limits.callsPerModelAnswer
    }

    mutating func take(_ text: String) throws(ModelError) {
        bytes += text.utf8.count
        guard bytes <= maximumBytes else {
            throw ModelError(.server, "the answer is larger than \(maximumBytes) bytes", isRetryable: false)
        }
    }

    mutating func takeCall() throws(ModelError) {
        calls += 1
        guard calls <= maximumCalls else {
            throw ModelError(.server, "the answer has more than \(maximumCalls) tool calls", isRetryable: false)
        }
    }
}
