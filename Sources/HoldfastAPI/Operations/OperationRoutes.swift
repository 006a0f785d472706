import HTTPTypes
import HoldfastCore
import HoldfastRuntime
import Hummingbird
import NIOCore

/// Health and metrics. Health needs no key.
struct OperationRoutes: Sendable {
    let services: APIServices

    func add(to router: Router<APIContext>) {
        router.get("healthz") { _, _ in text("ok\n") }
        router.get("readyz") { _, _ in
            services.isReady() ? text("ready\n") : text("recovering\n", .serviceUnavailable)
        }
    }

    /// Metrics need a key, as everything but health does.
    func addMetrics(to group: RouterGroup<APIContext>) {
        group.get("metrics") { _, _ in text(metrics()) }
    }

    private func text(_ text: String, _ status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(string: text)))
    }

    private func metrics() -> String {
        let counters = services.runtime.statistics
        let values: [(name: String, kind: String, value: Int)] = [
            ("holdfast_turns_completed_total", "counter", counters.turnsCompleted),
            ("holdfast_turns_failed_total", "counter", counters.turnsFailed),
            ("holdfast_turns_cancelled_total", "counter", counters.turnsCancelled),
            ("holdfast_model_calls_total", "counter", counters.modelCalls),
            ("holdfast_model_failures_total", "counter", counters.modelFailures),
            ("holdfast_model_input_tokens_total", "counter", counters.inputTokens),
            ("holdfast_model_output_tokens_total", "counter", counters.outputTokens),
            ("holdfast_tool_calls_total", "counter", counters.toolCalls),
            ("holdfast_tool_outcomes_unknown_total", "counter", counters.toolsUnknown),
            ("holdfast_session_commits_total", "counter", counters.commits),
            ("holdfast_journal_events_total", "counter", counters.events),
            ("holdfast_sessions_live", "gauge", services.runtime.liveSessionCount),
            ("holdfast_streams_open", "gauge", services.runtime.fanout.count),
        ]
        let lines = values.flatMap { ["# TYPE \($0.name) \($0.kind)", "\($0.name) \($0.value)"] }
        return (lines + services.metrics()).joined(separator: "\n") + "\n"
    }
}
