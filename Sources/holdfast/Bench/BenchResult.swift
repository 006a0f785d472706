import HoldfastCore

/// What one measurement found: named figures with their units in the names.
struct BenchResult {
    var name: String
    var figures: [(name: String, value: Double)]

    subscript(name: String) -> Double { figures.first { $0.name == name }?.value ?? .nan }

    /// The figures as JSON, rounded to what they are worth.
    var json: JSON {
        .object(
            JSONObject(
                [.init(name: "benchmark", value: .string(name))]
                    + figures.map { .init(name: $0.name, value: .number(($0.value * 1_000).rounded() / 1_000)) }))
    }

    /// Prints the result for people or for programs.
    func show(json: Bool) {
        if json { return print(self.json.text) }
        print(name)
        for figure in figures { print("  \(figure.name.padded(to: 28)) \(Self.text(figure.value))") }
    }

    static func text(_ value: Double) -> String {
        guard value.isFinite else { return "–" }
        if value.magnitude >= 100 || value == value.rounded() { return String(Int(value.rounded())) }
        let hundredths = Int((value * 100).rounded())
        return "\(hundredths / 100).\(String(hundredths % 100 + 100).dropFirst())"
    }
}

extension String {
    func padded(to width: Int) -> String { count >= width ? self : self + String(repeating: " ", count: width - count) }
}

/// Times in milliseconds.
struct Latencies {
    private var sorted: [Double]

    init(_ nanoseconds: [Int64]) { sorted = nanoseconds.sorted().map { Double($0) / 1e6 } }

    /// The value below which a share of all lie.
    func percentile(_ share: Double) -> Double {
        guard !sorted.isEmpty else { return .nan }
        return sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
    }
}
