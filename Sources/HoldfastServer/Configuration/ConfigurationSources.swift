import Configuration

/// The places that settings come from, strongest first.
///
/// Providers are asked one by one, not through a `ConfigReader`, because the reader treats a value of the wrong type as
/// absent; here it is refused, with its place.
struct ConfigurationSources {
    /// One place.
    struct Source {
        /// How error messages call it.
        var origin: String
        var provider: any ConfigProvider
        /// How this place writes a setting's name.
        var spelling: @Sendable ([String]) -> String
    }

    /// A setting's value and where it was found.
    struct Found<Value> {
        var value: Value
        var source: Source
        var path: [String]

        /// Refuses the value.
        func refused(_ reason: String) -> ConfigurationError {
            ConfigurationError(key: source.spelling(path), origin: source.origin, reason: reason)
        }
    }

    var sources: [Source]

    /// The strongest value of a setting, as text.
    func text(_ path: [String]) throws(ConfigurationError) -> Found<String>? {
        for source in sources {
            let content = try content(path, .string, in: source, expected: "must be a single value")
            if case .string(let value)? = content { return Found(value: value, source: source, path: path) }
        }
        return nil
    }

    /// The strongest value of a setting that is a list of texts.
    func list(_ path: [String]) throws(ConfigurationError) -> Found<[String]>? {
        for source in sources {
            let content = try content(path, .stringArray, in: source, expected: "must be a list")
            if case .stringArray(let value)? = content { return Found(value: value, source: source, path: path) }
        }
        return nil
    }

    private func content(
        _ path: [String], _ type: ConfigType, in source: Source, expected: String
    ) throws(ConfigurationError) -> ConfigContent? {
        do {
            return try source.provider.value(forKey: AbsoluteConfigKey(path), type: type).value?.content
        } catch {
            throw ConfigurationError(key: source.spelling(path), origin: source.origin, reason: expected)
        }
    }
}
