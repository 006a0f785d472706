/// Where the calls of a model go: a named route, or the one provider whose patterns fit the name.
public struct RoutedModel: Sendable {
    /// The route's name, or the pattern.
    public let name: String
    public let targets: [ModelTarget]
    let order: TargetOrder
    /// Whether an answer that breaks off is begun anew at the next target, though the client has seen a part of it.
    public let restarts: Bool
    let gate: RouteGate?
    private let random: @Sendable () -> Double

    /// A named route.
    /// - Parameters:
    ///   - gate: limits over all targets.
    ///   - random: a number in 0..<1 for each call.
    public init(
        name: String, targets: [ModelTarget], order: TargetOrder = .ordered, restarts: Bool = false,
        gate: RouteGate? = nil, random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) {
        self.name = name
        self.targets = targets
        self.order = order
        self.restarts = restarts
        self.gate = gate
        self.random = random
    }

    init(_ route: ModelRoute, model: String) {
        self.init(name: route.pattern, targets: [ModelTarget(of: route, model: route.upstreamName(for: model))])
    }

    /// Whether every answer carries a cost.
    public var hasPrice: Bool { targets.allSatisfy(\.hasPrice) }

    /// The route with some of its targets only.
    public func filtered(_ isWanted: (ModelTarget) -> Bool) -> RoutedModel {
        RoutedModel(
            name: name, targets: targets.filter(isWanted), order: order, restarts: restarts, gate: gate, random: random)
    }

    /// The targets in the order in which one request asks them.
    func shuffled() -> [ModelTarget] {
        guard targets.count > 1 else { return targets }
        return order.indexes(weights: targets.map(\.weight), random: random).map { targets[$0] }
    }
}
