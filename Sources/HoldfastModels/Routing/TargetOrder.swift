/// In which order a request asks the targets of a route.
public enum TargetOrder: String, Sendable, CaseIterable {
    /// As they are written: the later ones are spares.
    case ordered
    /// By chance, each as often as its weight says; what fails goes on by chance among the rest.
    case weighted

    /// The indexes of targets with these weights.
    /// - Parameter random: a number in 0..<1 for each call.
    public func indexes(weights: [Int], random: () -> Double) -> [Int] {
        guard self == .weighted, weights.count > 1 else { return Array(weights.indices) }
        var rest = Array(weights.indices)
        var order: [Int] = []
        while rest.count > 1 {
            var point = random() * Double(rest.reduce(0) { $0 + weights[$1] })
            let place = rest.firstIndex { index in
                point -= Double(weights[index])
                return point < 0
            }
            order.append(rest.remove(at: place ?? rest.count - 1))
        }
        return order + rest
    }
}
