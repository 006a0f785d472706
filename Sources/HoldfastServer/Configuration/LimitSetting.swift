public import HoldfastCore

/// One limit that the configuration can change.
public struct LimitSetting: Sendable {
    /// How a value is written.
    public enum Unit: Sendable {
        /// A plain number.
        case count
        /// Bytes, or a number with `KiB`, `MiB` or `GiB`.
        case bytes
        /// Milliseconds, or a number with `ms`, `s`, `m` or `h`.
        case time
    }

    /// The name under `limits`.
    public let name: String
    public let unit: Unit
    /// The smallest value with which the server still works.
    public let minimum: Int64
    let get: @Sendable (Limits) -> Int64
    let set: @Sendable (inout Limits, Int64) -> Void

    /// The value in a set of limits, in the setting's base unit.
    public func value(in limits: Limits) -> Int64 { get(limits) }

    private static func number(
        _ name: String, _ unit: Unit, _ path: any WritableKeyPath<Limits, Int> & Sendable, minimum: Int64 = 1
    ) -> LimitSetting {
        LimitSetting(
            name: name, unit: unit, minimum: minimum, get: { Int64($0[keyPath: path]) },
            set: { $0[keyPath: path] = Int($1) })
    }

    private static func time(
        _ name: String, _ path: any WritableKeyPath<Limits, Milliseconds> & Sendable, minimum: Int64 = 1
    ) -> LimitSetting {
        LimitSetting(
            name: name, unit: .time, minimum: minimum, get: { $0[keyPath: path] }, set: { $0[keyPath: path] = $1 })
    }

    /// How the times of a route's target are written.
    static let modelTime = time("model_first_byte_time", \.modelFirstByteTime)

    /// Every limit, in the order of `Limits`.
    public static let all: [LimitSetting] = [
        number("request_body", .bytes, \.requestBody, minimum: 1_024),
        number("request_depth", .count, \.requestDepth, minimum: 16),
        number("request_headers", .bytes, \.requestHeaders, minimum: 1_024),
        time("request_read_time", \.requestReadTime, minimum: 100),
        number("input_events", .count, \.inputEvents),
        number("input_messages", .count, \.inputMessages),
        number("request_messages", .count, \.requestMessages),
        time("socket_time", \.socketTime),
        number("socket_responses", .count, \.socketResponses),
        number("conversation_items", .count, \.conversationItems),
        number("completion_choices", .count, \.completionChoices),
        number("embedding_inputs", .count, \.embeddingInputs),
        number("embedding_dimensions", .count, \.embeddingDimensions),
        number("content_parts", .count, \.contentParts),
        number("agent_tools", .count, \.agentTools),
        number("agent_tool_bytes", .bytes, \.agentToolBytes),
        number("metadata_pairs", .count, \.metadataPairs),
        number("metadata_key", .count, \.metadataKey),
        number("metadata_value", .count, \.metadataValue),
        number("identifier", .bytes, \.identifier, minimum: 64),
        number("instructions", .bytes, \.instructions),
        number("page_size", .count, \.pageSize),
        number("sessions_per_project", .count, \.sessionsPerProject),
        number("mailbox", .count, \.mailbox),
        number("model_calls_per_turn", .count, \.modelCallsPerTurn),
        number("calls_per_model_answer", .count, \.callsPerModelAnswer),
        number("model_output", .bytes, \.modelOutput),
        number("turns_per_session", .count, \.turnsPerSession),
        number("model_attempts", .count, \.modelAttempts),
        time("model_retry_base", \.modelRetryBase),
        time("model_retry_maximum", \.modelRetryMaximum),
        time("model_connect_time", \.modelConnectTime),
        time("model_first_byte_time", \.modelFirstByteTime),
        time("model_idle_time", \.modelIdleTime),
        number("breaker_failures", .count, \.breakerFailures),
        time("breaker_pause", \.breakerPause),
        number("usage_queue", .count, \.usageQueue),
        number("usage_series", .count, \.usageSeries),
        number("tool_output", .bytes, \.toolOutput, minimum: 256),
        number("command_output", .bytes, \.commandOutput, minimum: 256),
        time("command_time", \.commandTime, minimum: 100),
        number("concurrent_commands", .count, \.concurrentCommands),
        number("workspace_bytes", .bytes, \.workspaceBytes, minimum: 1 << 20),
        number("streams_per_project", .count, \.streamsPerProject),
        number("stream_buffer", .bytes, \.streamBuffer, minimum: 4_096),
        time("stream_keep_alive", \.streamKeepAlive, minimum: 100),
        number("live_sessions", .count, \.liveSessions),
        time("session_idle_time", \.sessionIdleTime),
        number("inline_body", .bytes, \.inlineBody, minimum: 1_024),
    ]
}

extension LimitSetting {
    /// Reads a value such as `16`, `8MiB` or `30s`; `nil` when it is malformed, too small or too large.
    func parse(_ text: String) -> Int64? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let suffix = text.dropFirst(digits.count).drop { $0 == " " }
        guard let number = Int64(digits), let factor = factor(of: String(suffix)) else { return nil }
        let (value, overflow) = number.multipliedReportingOverflow(by: factor)
        guard !overflow, value >= minimum, value <= 1 << 48 else { return nil }
        return value
    }

    /// What a value may be, for error messages.
    var allowed: String {
        switch unit {
        case .count: "a whole number from \(minimum)"
        case .bytes: "a size from \(minimum) bytes (8192, 64KiB, 8MiB, 1GiB)"
        case .time: "a time from \(minimum) ms (500, 500ms, 30s, 5m, 1h)"
        }
    }

    private func factor(of suffix: String) -> Int64? {
        switch (unit, suffix) {
        case (_, ""): 1
        case (.bytes, "KiB"): 1 << 10
        case (.bytes, "MiB"): 1 << 20
        case (.bytes, "GiB"): 1 << 30
        case (.time, "ms"): 1
        case (.time, "s"): 1_000
        case (.time, "m"): 60_000
        case (.time, "h"): 3_600_000
        default: nil
        }
    }
}
