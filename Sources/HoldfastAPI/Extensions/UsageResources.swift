import HoldfastCore
import HoldfastStore

/// The sums over one group of usage records.
struct UsageSumResource: JSONWritable {
    let groups: [UsageGrouping]
    let sum: UsageSum

    /// The group's values, so that a page can begin after it.
    var id: String { sum.values.map(Self.escaped).joined(separator: ",") }

    /// The values that an id stands for.
    static func values(_ id: String) -> [String] {
        id.split(separator: ",", omittingEmptySubsequences: false).map { part in
            String(part).replacing("%2C", with: ",").replacing("%25", with: "%")
        }
    }

    private static func escaped(_ value: String) -> String {
        value.replacing("%", with: "%25").replacing(",", with: "%2C")
    }

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", id)
            writer.member("object", "usage.sum")
            for (group, value) in zip(groups, sum.values) {
                writer.name(escaping: group.rawValue)
                if group == .day || group == .hour {
                    writer.value(Int64(value) ?? 0)
                } else {
                    writer.value(value)
                }
            }
            writer.member("inferences", sum.inferences)
            writer.member("failed", sum.failed)
            writer.member("cancelled", sum.cancelled)
            writer.member("estimated", sum.estimated)
            writer.member("attempts", sum.attempts)
            sum.tokens.writeMembers(to: &writer)
            writer.member("cost_micros", sum.cost)
            writer.member("latency_ms", sum.latency / Int64(max(1, sum.inferences)))
            writer.member("first_token_ms", sum.firstTokens > 0 ? sum.firstToken / Int64(sum.firstTokens) : nil)
        }
    }
}

/// One usage record.
struct UsageRecordResource: JSONWritable {
    let record: UsageRecord

    var id: String { "usage_\(record.number)" }

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", id)
            writer.member("object", "usage.record")
            writer.member("created_at", record.at / 1_000)
            writer.member("project", record.project)
            writer.member("key", record.key)
            writer.member("request_id", record.request)
            writer.member("operation", record.operation.rawValue)
            writer.member("route", record.route)
            writer.member("target", record.target)
            writer.member("model", record.model)
            writer.member("session", record.session)
            writer.member("turn", record.turn)
            writer.member("outcome", record.outcome.rawValue)
            writer.member("status", record.status)
            writer.member("attempts", record.attempts)
            record.tokens.writeMembers(to: &writer)
            writer.member("estimated", record.isEstimated)
            writer.member("cost_micros", record.cost)
            writer.member("latency_ms", record.latency)
            writer.member("first_token_ms", record.firstToken)
        }
    }
}

extension TokenUsage {
    fileprivate func writeMembers(to writer: inout JSONWriter) {
        writer.member("input_tokens", input)
        writer.member("cached_tokens", cached)
        writer.member("cache_write_tokens", cacheWrite)
        writer.member("output_tokens", output)
        writer.member("reasoning_tokens", reasoning)
    }
}
