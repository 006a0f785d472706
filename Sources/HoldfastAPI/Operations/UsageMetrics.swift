import HoldfastCore
import HoldfastModels
import HoldfastRuntime

/// The usage since the start, and whether the targets of the named routes are asked.
enum UsageMetrics {
    static func metrics(_ meter: UsageMeter, _ models: ModelCatalog) -> [Metric] {
        var metrics = [Metric("holdfast_usage_backlog", .gauge, meter.backlog)]
        let series = meter.totals.series.map { (labels: labels($0.key), sum: $0.value) }.sorted {
            $0.labels < $1.labels
        }
        func add(_ name: String, _ value: (UsageTotals.Sum) -> Int) {
            metrics += series.map { Metric(name, .counter, value($0.sum), labels: $0.labels) }
        }
        add("holdfast_inferences_total") { $0.inferences }
        add("holdfast_inference_input_tokens_total") { $0.tokens.input }
        add("holdfast_inference_cached_tokens_total") { $0.tokens.cached }
        add("holdfast_inference_output_tokens_total") { $0.tokens.output }
        add("holdfast_inference_cost_micros_total") { Int($0.cost) }
        for route in models.routes {
            metrics += route.targets.map { target in
                Metric(
                    "holdfast_target_open", .gauge, target.isOpen ? 1 : 0,
                    labels: #"route="\#(escaped(route.name))",target="\#(escaped(target.name))""#)
            }
        }
        return metrics
    }

    private static func labels(_ series: UsageTotals.Series) -> String {
        [
            ("operation", series.operation), ("model", series.model), ("target", series.target),
            ("outcome", series.outcome),
        ].map { #"\#($0)="\#(escaped($1))""# }.joined(separator: ",")
    }

    private static func escaped(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}
