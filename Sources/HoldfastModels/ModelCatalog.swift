public import HoldfastCore
import Synchronization

/// The models of this server: finds the route or the provider for a model name and forwards calls to it.
///
/// A named route wins over everything; then an exact name over a prefix, a longer prefix over a shorter one, an earlier
/// route over a later one.
public struct ModelCatalog: ModelProvider {
    /// The name of the scripted model, which no route can take from it.
    public static let scriptedName = "scripted"
    /// The name of the improvising model, which no route can take from it.
    public static let improvName = "improv"

    private let named: [String: RoutedModel]
    private let exact: [String: RoutedModel]
    private let prefixes: [ModelRoute]
    private let clock: MonotonicClock

    /// The named routes, in their order.
    public let routes: [RoutedModel]
    /// The exact model names, for lists: the named routes, the embedded models, then the others in their order.
    public let names: [String]

    /// - Parameters:
    ///   - named: routes with several targets.
    ///   - scripted: what answers for `scripted`; `nil` where strangers may name models, since a `recall` with an evil
    ///     pattern takes any time.
    ///   - improv: what answers for `improv`, if anything does.
    public init(
        routes: [ModelRoute] = [], named: [RoutedModel] = [], scripted: ScriptedProvider? = ScriptedProvider(),
        improv: ImprovProvider? = ImprovProvider(), clock: MonotonicClock = .system
    ) {
        let embedded = [
            scripted.map { ModelRoute(Self.scriptedName, provider: $0) },
            improv.map { ModelRoute(Self.improvName, provider: $0) },
        ].compactMap(\.self)
        let reserved = Set(embedded.map(\.pattern))
        var exact: [String: RoutedModel] = [:]
        var names = named.map(\.name).filter { !reserved.contains($0) }
        for route in embedded + routes where route.prefix == nil && exact[route.pattern] == nil {
            exact[route.pattern] = RoutedModel(route, model: route.pattern)
            if !names.contains(route.pattern) { names.append(route.pattern) }
        }
        self.routes = named
        self.named = Dictionary(
            named.filter { !reserved.contains($0.name) }.map { ($0.name, $0) }
        ) { first, _ in first }
        self.exact = exact
        self.names = names
        self.clock = clock
        // Sorting is stable: among equal prefixes the earlier route stays first.
        prefixes = routes.filter { $0.prefix != nil }.sorted { $0.pattern.utf8.count > $1.pattern.utf8.count }
    }

    /// Where the calls of a model go; `nil` for an unknown one.
    public func route(for model: String) -> RoutedModel? {
        if let route = named[model] ?? exact[model] { return route }
        return prefixes.first { model.hasPrefix($0.prefix ?? "") }.map { RoutedModel($0, model: model) }
    }

    /// The first provider of a model, and the name under which that provider knows it; `nil` for an unknown model.
    public func provider(for model: String) -> (provider: any ModelProvider, upstreamModel: String)? {
        route(for: model)?.targets.first.map { ($0.provider, $0.model) }
    }

    /// Whether calls of a model carry a cost, as a spend limit needs; `false` for an unknown model.
    public func hasPrice(_ model: String) -> Bool { route(for: model)?.hasPrice == true }

    /// Calls the targets of the model's route until one answers; none after a piece was emitted.
    public func call(
        _ request: ModelRequest, emit: @escaping @Sendable (ModelPiece) -> Void
    ) async throws(ModelError) -> ModelAnswer {
        guard let route = route(for: request.model) else {
            throw ModelError(.notFound, "The model '\(request.model)' does not exist", isRetryable: false)
        }
        var walk = RouteWalk(route)
        let watch = CallWatch(clock)
        do throws(RouteWalk.Failure) {
            var answer = try await walk.run { target in
                await watch.call(target, request, emit)
            }.value
            answer.report = report(walk, watch)
            return answer
        } catch {
            var cause = error.error
            cause.report = report(walk, watch)
            throw cause
        }
    }

    private func report(_ walk: RouteWalk, _ watch: CallWatch) -> ModelCallReport {
        ModelCallReport(
            route: walk.route.name, target: walk.target?.name ?? "", attempts: walk.attempts,
            latency: watch.latency, firstPiece: watch.firstPiece)
    }
}
