import HoldfastCore

/// Which numbers a schema allows.
struct ImprovBounds {
    private let minimum: Double?
    private let maximum: Double?
    private let exclusiveMinimum: Double?
    private let exclusiveMaximum: Double?
    private let multiple: Double?
    private let isInteger: Bool

    init(_ schema: JSONObject, isInteger: Bool) {
        minimum = schema["minimum"]?.double
        maximum = schema["maximum"]?.double
        exclusiveMinimum = schema["exclusiveMinimum"]?.double
        exclusiveMaximum = schema["exclusiveMaximum"]?.double
        multiple = schema["multipleOf"]?.double.flatMap { $0 > 0 ? $0 : nil }
        self.isInteger = isInteger
    }

    func fits(_ number: Double) -> Bool {
        if isInteger, number.rounded() != number { return false }
        if let minimum, number < minimum { return false }
        if let maximum, number > maximum { return false }
        if let exclusiveMinimum, number <= exclusiveMinimum { return false }
        if let exclusiveMaximum, number >= exclusiveMaximum { return false }
        guard let multiple else { return true }
        let quotient = number / multiple
        return abs(quotient - quotient.rounded()) < 1e-9
    }

    /// A number that stands in a text.
    func json(_ text: String) -> JSON? {
        if let integer = Int64(text) { return .integer(integer) }
        guard let number = Double(text), number.isFinite else { return nil }
        return isInteger ? Int64(exactly: number).map { .integer($0) } : .number(number)
    }

    /// Some number that fits; the one nearest to 1 where that is easy to say.
    var example: JSON {
        let step = multiple ?? 1
        let low = minimum ?? exclusiveMinimum.map { isInteger ? $0.rounded(.down) + 1 : $0 }
        let high = maximum ?? exclusiveMaximum
        var candidates: [Double] = [1, 0]
        if let low { candidates += [low, (low / step).rounded(.up) * step, (low / step).rounded(.down) * step + step] }
        if let high {
            candidates += [high, (high / step).rounded(.down) * step, (high / step).rounded(.up) * step - step]
        }
        if let low, let high { candidates.append((low + high) / 2) }
        candidates.append(step)
        let found = candidates.first(where: fits) ?? low ?? 1
        return Int64(exactly: found).map { .integer($0) } ?? .number(found)
    }
}
