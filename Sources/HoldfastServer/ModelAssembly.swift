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
            let provider = try provider(settings, configuration.limits, client: client, logger: logger)
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
        return ModelCatalog(routes: routes, scripted: scripted)
    }

    private static func provider(
        _ settings: ModelProviderSettings, _ limits: Limits, client: HTTPClient, logger: Logger
    ) throws -> any ModelProvider {
        let openAI = OpenAIConfiguration(baseURL: settings.baseURL, apiKey: key(settings.key))
        switch settings.api {
        case .chatCompletions:
            return try OpenAIProvider(openAI, client: client, limits: limits, logger: logger)
        case .responses:
            return try OpenAIResponsesProvider(openAI, client: client, limits: limits, logger: logger)
        }
    }

    private static func key(_ key: ModelProviderSettings.Key) -> SecretSource? {
        switch key {
        case .none: nil
        case .environment(let name): .environment(name)
        case .file(let path): .file(path: path)
        }
    }

    private static func scripted(_ settings: ScriptedModelSettings) throws -> ScriptedProvider? {
        guard settings.isEnabled else { return nil }
        guard let path = settings.scriptFile else { return ScriptedProvider() }
        return ScriptedProvider(script: try String(contentsOfFile: path, encoding: .utf8))
    }
}
