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
                        price: route.price.map {
                            ModelPrice(input: $0.input, cachedInput: $0.cachedInput, output: $0.output)
                        }))
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
        return ModelCatalog(routes: routes, scripted: scripted, improv: improv)
    }

    private static func scripted(_ settings: ScriptedModelSettings) throws -> ScriptedProvider? {
        guard settings.isEnabled else { return nil }
        guard let path = settings.scriptFile else { return ScriptedProvider() }
        return ScriptedProvider(script: try String(contentsOfFile: path, encoding: .utf8))
    }
}
