/// Reads `providers`, the part of a file whose names the user chooses.
struct ProviderReader {
    let sources: ConfigurationSources
    /// The dotted paths of all values of the file.
    let keys: [String]

    /// All providers in the order of the file.
    func providers() throws(ConfigurationError) -> [ModelProviderSettings] {
        var providers: [ModelProviderSettings] = []
        for name in children(of: "providers") { providers.append(try provider(name)) }
        return providers
    }

    private func provider(_ name: String) throws(ConfigurationError) -> ModelProviderSettings {
        let path = ["providers", name]
        var result = ModelProviderSettings(
            name: name, kind: try kind(path), baseURL: try baseURL(path), key: try key(path))
        if let api = try api(path) { result.api = api }
        if let models = try sources.list(path + ["models"]) {
            guard !models.value.isEmpty, models.value.allSatisfy(Self.isPattern) else {
                throw models.refused("must be a list of model names, each with at most one '*', at its end")
            }
            result.models = models.value
        }
        for model in leaves(of: "providers.\(name).upstream", below: 0) {
            guard let found = try sources.text(path + ["upstream", model]) else { continue }
            guard !found.value.isEmpty else { throw found.refused("must be the provider's name of the model") }
            result.upstream[model] = found.value
        }
        for model in leaves(of: "providers.\(name).prices", below: 1) {
            result.prices[model] = try price(path + ["prices", model])
        }
        return result
    }

    private func kind(_ path: [String]) throws(ConfigurationError) -> ModelProviderSettings.Kind {
        guard let found = try sources.text(path + ["type"]) else { return .openai }
        guard let kind = ModelProviderSettings.Kind(rawValue: found.value) else {
            let allowed = ModelProviderSettings.Kind.allCases.map(\.rawValue).joined(separator: ", ")
            throw found.refused("must be one of \(allowed), not '\(found.value)'")
        }
        return kind
    }

    private func api(_ path: [String]) throws(ConfigurationError) -> ModelProviderSettings.API? {
        guard let found = try sources.text(path + ["api"]) else { return nil }
        guard let api = ModelProviderSettings.API(rawValue: found.value) else {
            let allowed = ModelProviderSettings.API.allCases.map(\.rawValue).joined(separator: ", ")
            throw found.refused("must be one of \(allowed), not '\(found.value)'")
        }
        return api
    }

    private func baseURL(_ path: [String]) throws(ConfigurationError) -> String {
        guard let found = try sources.text(path + ["base_url"]) else {
            let origin = sources.sources.last?.origin ?? ""
            let key = (path + ["base_url"]).joined(separator: ".")
            let reason = "is missing; a URL such as https://api.openai.com/v1"
            throw ConfigurationError(key: key, origin: origin, reason: reason)
        }
        guard found.value.hasPrefix("http://") || found.value.hasPrefix("https://") else {
            throw found.refused("must be a URL that begins with http:// or https://, not '\(found.value)'")
        }
        return SettingsReader.withoutSlash(found.value)
    }

    private func key(_ path: [String]) throws(ConfigurationError) -> ModelProviderSettings.Key {
        let variable = try sources.text(path + ["key_env"])
        let file = try sources.text(path + ["key_file"])
        switch (variable, file) {
        case (let variable?, nil): return .environment(variable.value)
        case (nil, let file?): return .file(file.value)
        case (nil, nil): return .none
        case (_, let file?): throw file.refused("cannot be given together with key_env")
        }
    }

    private func price(_ path: [String]) throws(ConfigurationError) -> ModelProviderSettings.Price {
        let input = try microDollars(path + ["input"])
        let cached = try microDollars(path + ["cached_input"])
        let output = try microDollars(path + ["output"])
        return .init(input: input ?? 0, cachedInput: cached ?? input ?? 0, output: output ?? 0)
    }

    private func microDollars(_ path: [String]) throws(ConfigurationError) -> Int64? {
        guard let found = try sources.text(path) else { return nil }
        guard let value = Int64(found.value), value >= 0, value <= 1_000_000_000_000 else {
            let allowed = "whole micro-dollars per million tokens (2500000 is 2.50 USD)"
            throw found.refused("must be \(allowed), not '\(found.value)'")
        }
        return value
    }

    private static func isPattern(_ text: String) -> Bool {
        !text.isEmpty && !text.dropLast().contains("*")
    }

    /// The names right under a path.
    private func children(of path: String) -> [String] {
        let inside = keys.filter { $0.hasPrefix(path + ".") }
        return unique(inside.map { String($0.dropFirst(path.count + 1).prefix { $0 != "." }) })
    }

    /// The names under a path that have `below` further parts after them; such a name may contain dots itself.
    private func leaves(of path: String, below: Int) -> [String] {
        unique(
            keys.filter { $0.hasPrefix(path + ".") }.map { key in
                key.dropFirst(path.count + 1).split(separator: ".", omittingEmptySubsequences: false).dropLast(below)
                    .joined(separator: ".")
            })
    }

    private func unique(_ names: [String]) -> [String] {
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }
    }
}
