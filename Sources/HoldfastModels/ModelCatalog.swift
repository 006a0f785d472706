public import HoldfastCore

/// The models of this server: finds the provider for a model name and forwards calls to it.
///
/// An exact name wins over a prefix, a longer prefix over a shorter one, an earlier route over a later one.
public struct ModelCatalog: ModelProvider {
    /// The name of the scripted model, which no route can take from it.
    public static let scriptedName = "scripted"

    private let exact: [String: ModelRoute]
    private let prefixes: [ModelRoute]

    /// The exact model names, for lists: the scripted model, then the routes in their order.
    public let names: [String]

    /// - Parameter scripted: what answers for `scripted`; `nil` where strangers may name models, since a `recall` with
    ///   an evil pattern takes any time.
    public init(routes: [ModelRoute] = [], scripted: ScriptedProvider? = ScriptedProvider()) {
        var exact: [String: ModelRoute] = [:]
        var names: [String] = []
        let first = scripted.map { ModelRoute(Self.scriptedName, provider: $0) }
        for route in [first].compactMap(\.self) + routes where route.prefix == nil && exact[route.pattern] == nil {
            exact[route.pattern] = route
            names.append(route.pattern)
        }
        self.exact = exact
        self.names = names
        // Sorting is stable: among equal prefixes the earlier route stays first.
        prefixes = routes.filter { $0.prefix != nil }.sorted { $0.pattern.utf8.count > $1.pattern.utf8.count }
    }

    /// The provider of a model, and the name under which that provider knows it; `nil` for an unknown model.
    public func provider(for model: String) -> (provider: any ModelProvider, upstreamModel: String)? {
        route(for: model).map { ($0.provider, $0.upstreamName(for: model)) }
    }

    /// Whether calls of a model carry a cost, as a spend limit needs; `false` for an unknown model.
    public func hasPrice(_ model: String) -> Bool { route(for: model)?.hasPrice == true }

    public func call(
        _ request: ModelRequest, emit: @escaping @Sendable (ModelPiece) -> Void
    ) async throws(ModelError) -> ModelAnswer {
        guard let route = route(for: request.model) else {
            throw ModelError(.notFound, "The model '\(request.model)' does not exist", isRetryable: false)
        }
        let takesItems = (route.provider as? any InferenceRelay)?.operations.contains(.responses) == true
        var forwarded = takesItems ? request : request.portable
        forwarded.model = route.upstreamName(for: request.model)
        var answer = try await route.provider.call(forwarded, emit: emit)
        if let price = route.price { answer.cost = price.cost(of: answer.usage) }
        return answer
    }

    private func route(for model: String) -> ModelRoute? {
        if let route = exact[model] { return route }
        return prefixes.first { model.hasPrefix($0.prefix ?? "") }
    }
}
