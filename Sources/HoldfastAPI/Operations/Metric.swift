/// One number that `/metrics` shows.
public struct Metric: Sendable {
    /// How a number moves.
    public enum Kind: String, Sendable {
        case counter, gauge
    }

    public var name: String
    public var kind: Kind
    public var value: Int

    public init(_ name: String, _ kind: Kind, _ value: Int) {
        self.name = name
        self.kind = kind
        self.value = value
    }

    /// The lines of Prometheus' text format (version 0.0.4).
    var text: String { "# TYPE \(name) \(kind.rawValue)\n\(name) \(value)\n" }
}
