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
        let own = [
            Metric("holdfast_turns_completed_total", .counter, counters.turnsCompleted),
            Metric("holdfast_turns_failed_total", .counter, counters.turnsFailed),
            Metric("holdfast_turns_cancelled_total", .counter, counters.turnsCancelled),
            Metric("holdfast_model_calls_total", .counter, counters.modelCalls),
            Metric("holdfast_model_failures_total", .counter, counters.modelFailures),
            Metric("holdfast_model_input_tokens_total", .counter, counters.inputTokens),
            Metric("holdfast_model_output_tokens_total", .counter, counters.outputTokens),
            Metric("holdfast_tool_calls_total", .counter, counters.toolCalls),
            Metric("holdfast_tool_outcomes_unknown_total", .counter, counters.toolsUnknown),
            Metric("holdfast_session_commits_total", .counter, counters.commits),
            Metric("holdfast_journal_events_total", .counter, counters.events),
            Metric("holdfast_sessions_live", .gauge, services.runtime.liveSessionCount),
            Metric("holdfast_streams_open", .gauge, services.runtime.fanout.count),
            Metric("holdfast_websockets_open", .gauge, services.sockets.open),
            Metric("holdfast_websockets_total", .counter, services.sockets.all),
        ]
        return Metric.text(own + services.metrics() + UsageMetrics.metrics(services.meter, services.models))
    }
}
