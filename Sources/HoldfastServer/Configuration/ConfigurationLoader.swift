import Configuration
import Glibc
import HoldfastCore
import Logging

/// Makes a `ServerConfiguration` from flags, environment variables, a YAML file and defaults; the first that says
/// something wins.
public struct ConfigurationLoader: Sendable {
    /// What the command line says.
    public struct Flags: Sendable {
        public var file: String?
        public var dataDirectory: String?
        public var host: String?
        public var port: Int?
        public var logLevel: String?
        public var scriptFile: String?

        public init() {}
    }

    /// The file that is read, if it is there, when none is named.
    public static let defaultFile = "holdfast.yaml"

    private let flags: Flags
    private let environment: [String: String]

    public init(flags: Flags = Flags(), environment: [String: String]) {
        self.flags = flags
        self.environment = environment
    }

    /// Reads everything. A file that is named must be there; unknown names and bad values are refused.
    public func load() async throws(ConfigurationError) -> ServerConfiguration {
        try ConfigurationKeys.check(environment: environment)
        let file = try await file()
        if let file { try ConfigurationKeys.check(file) }
        let reader = SettingsReader(sources: sources(file))
        var configuration = try reader.plainSettings()
        configuration.limits = try reader.limits()
        configuration.providers = try ProviderReader(
            sources: reader.sources, keys: file?.keys ?? [], environment: environment
        ).providers()
        if configuration.providers.isEmpty, let assumed = assumedProvider() { configuration.providers = [assumed] }
        let embedded = configuration.scripted.isEnabled ? [configuration.scripted.name] : []
        let routes = RouteReader(
            sources: reader.sources, keys: file?.keys ?? [], providers: configuration.providers.map(\.name) + embedded)
        configuration.routes = try routes.routes()
        configuration.projectModels = try routes.projects()
        return configuration
    }

    private func file() async throws(ConfigurationError) -> ConfigurationFile? {
        if let path = flags.file ?? environment["HOLDFAST_CONFIG"] { return try await ConfigurationFile(path: path) }
        guard access(Self.defaultFile, F_OK) == 0 else { return nil }
        return try await ConfigurationFile(path: Self.defaultFile)
    }

    private func sources(_ file: ConfigurationFile?) -> ConfigurationSources {
        var sources = [
            ConfigurationSources.Source(
                origin: "command line", provider: InMemoryProvider(values: flags.values),
                spelling: Self.flagName),
            ConfigurationSources.Source(
                origin: "environment",
                provider: EnvironmentVariablesProvider(environmentVariables: environment).prefixKeys(with: "holdfast"),
                spelling: ConfigurationKeys.environmentName),
        ]
        if let file {
            sources.append(.init(origin: file.path, provider: file.provider, spelling: { $0.joined(separator: ".") }))
        }
        return ConfigurationSources(sources: sources)
    }

    /// How the command line spells a setting.
    @Sendable private static func flagName(_ path: [String]) -> String {
        guard path != ["scripted", "script_file"] else { return "--script" }
        return "--" + path.joined(separator: "-").replacing("_", with: "-")
    }

    /// With OpenAI's own variables in the environment and no provider configured, OpenAI serves every model.
    private func assumedProvider() -> ModelProviderSettings? {
        guard let key = environment["OPENAI_API_KEY"], !key.isEmpty else { return nil }
        let url = environment["OPENAI_BASE_URL"].flatMap { $0.isEmpty ? nil : $0 } ?? "https://api.openai.com/v1"
        return ModelProviderSettings(
            name: "openai", baseURL: SettingsReader.withoutSlash(url), key: .environment("OPENAI_API_KEY"))
    }
}

extension ConfigurationLoader.Flags {
    /// The flags as settings.
    fileprivate var values: [AbsoluteConfigKey: ConfigValue] {
        let texts: [([String], String?)] = [
            (["data"], dataDirectory), (["host"], host), (["port"], port.map(String.init)), (["log_level"], logLevel),
            (["scripted", "script_file"], scriptFile),
        ]
        var values: [AbsoluteConfigKey: ConfigValue] = [:]
        for (path, text) in texts {
            if let text { values[AbsoluteConfigKey(path)] = ConfigValue(.string(text), isSecret: false) }
        }
        return values
    }
}
