import AsyncHTTPClient
import Foundation
import HoldfastCore
import HoldfastModels
import Logging

/// Builds the models of a server from its configuration.
enum ModelAssembly {
    static func catalog(
        _ configuration: ServerConfiguration, client: HTTPClient, logger: Logger
    ) throws -> ModelCatalog {
        var routes: [ModelRoute] = []
        for settings in configuration.providers {
            let provider = try ProviderAssembly.provider(
                settings, client: client, limits: configuration.limits, logger: logger)
            for route in settings.routes {
                routes.append(
                    ModelRoute(
                        route.pattern, provider: provider, upstreamModel: route.upstreamModel,
                        price: route.price.map(price), providerName: settings.name))
            }
        }
        let scripted = try scripted(configuration.scripted)
        if let scripted, configuration.scripted.name != ModelCatalog.scriptedName {
            routes.insert(ModelRoute(configuration.scripted.name, provider: scripted), at: 0)
        }
        let improv = configuration.improv.isEnabled ? ImprovProvider() : nil
        if let improv, configuration.improv.name != ModelCatalog.improvName {
            routes.append(ModelRoute(configuration.improv.name, provider: improv))
        }
        let named = try configuration.routes.map { route in
            try namedRoute(route, configuration) { target, limits in
                let settings = configuration.providers.first { $0.name == target.provider }
                guard let settings else {
                    return (
                        target.provider == ModelCatalog.improvName ? ImprovProvider() : scripted ?? ScriptedProvider(),
                        nil
                    )
                }
                return (
                    try ProviderAssembly.provider(settings, client: client, limits: limits, logger: logger),
                    settings.price(of: target.model).map(price)
                )
            }
        }
        return ModelCatalog(routes: routes, named: named, scripted: scripted, improv: improv)
    }

    private static func namedRoute(
        _ settings: ModelRouteSettings, _ configuration: ServerConfiguration,
        _ provider: (ModelRouteSettings.Target, Limits) throws -> (any ModelProvider, ModelPrice?)
    ) throws -> RoutedModel {
        let targets = try settings.targets.map { target in
            var limits = configuration.limits
            limits.modelFirstByteTime = target.firstByteTime ?? limits.modelFirstByteTime
            limits.modelIdleTime = target.idleTime ?? limits.modelIdleTime
            let (model, price) = try provider(target, limits)
            return ModelTarget(
                provider: target.provider, model, model: target.model, price: price, weight: target.weight,
                limits: target.limits,
                breaker: CircuitBreaker(threshold: limits.breakerFailures, pause: limits.breakerPause))
        }
        return RoutedModel(
            name: settings.name, targets: targets, order: settings.order, restarts: settings.restarts,
            gate: settings.limits == AdmissionLimits() ? nil : RouteGate(settings.limits))
    }

    private static func price(_ price: ModelProviderSettings.Price) -> ModelPrice {
        ModelPrice(input: price.input, cachedInput: price.cachedInput, output: price.output)
    }

    private static func scripted(_ settings: ScriptedModelSettings) throws -> ScriptedProvider? {
        guard settings.isEnabled else { return nil }
        guard let path = settings.scriptFile else { return ScriptedProvider() }
        return ScriptedProvider(script: try String(contentsOfFile: path, encoding: .utf8))
    }
}
