/// One number that `/metrics` shows.
public struct Metric: Sendable {
    /// How a number moves.
    public enum Kind: String, Sendable {
        case counter, gauge
    }

    public var name: String
    public var kind: Kind
    public var value: Int

    /// What tells it from others of its name, as `name="value"` pairs; empty for the only one.
    public var labels: String

    public init(_ name: String, _ kind: Kind, _ value: Int, labels: String = "") {
        self.name = name
        self.kind = kind
        self.value = value
        self.labels = labels
    }

    /// Prometheus' text format (version 0.0.4); metrics of one name stand together.
    static func text(_ metrics: [Metric]) -> String {
        var text = ""
        var last = ""
        for metric in metrics {
            if metric.name != last { text += "# TYPE \(metric.name) \(metric.kind.rawValue)\n" }
            last = metric.name
            text += metric.name + (metric.labels.isEmpty ? "" : "{\(metric.labels)}") + " \(metric.value)\n"
        }
        return text
    }
}
