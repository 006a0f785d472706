/// The names of all settings.
enum ConfigurationKeys {
    /// Settings with a fixed name.
    static let plain: [String] =
        [
            "data", "host", "port", "log_level", "scripted.enabled", "scripted.name", "scripted.script_file",
            "sandbox.enabled",
        ] + LimitSetting.all.map { "limits." + $0.name }

    /// Names that hold further ones; in a file they may stand empty.
    static let sections = ["scripted", "sandbox", "limits", "providers"]

    /// What may stand under `providers.NAME`.
    static let provider = ["type", "base_url", "api", "key_env", "key_file", "models", "upstream", "prices"]

    /// What may stand under `providers.NAME.prices.MODEL`.
    static let price = ["input", "cached_input", "output"]

    /// How the environment spells a setting.
    static func environmentName(_ path: [String]) -> String {
        "HOLDFAST_" + path.joined(separator: "_").uppercased()
    }

    /// Refuses names that are not known, with the ones that are.
    static func check(_ file: ConfigurationFile) throws(ConfigurationError) {
        for key in file.keys {
            if let reason = problem(of: key) {
                throw ConfigurationError(key: key, origin: file.path, reason: reason)
            }
            if sections.contains(key), !file.isEmpty(key) {
                throw ConfigurationError(key: key, origin: file.path, reason: "must be a map; " + hint(key))
            }
        }
    }

    /// Refuses environment variables that look like a setting of a section but are none.
    static func check(environment: [String: String]) throws(ConfigurationError) {
        let known = Set(plain.map { environmentName($0.split(separator: ".").map(String.init)) })
        for name in environment.keys.sorted() where !known.contains(name) {
            let section = sections.first { name.hasPrefix("HOLDFAST_\($0.uppercased())_") }
            guard let section else { continue }
            let isProvider = section == "providers"
            let reason = isProvider ? "providers can only be set in a file" : "unknown setting; " + hint(section)
            throw ConfigurationError(key: name, origin: "environment", reason: reason)
        }
    }

    private static func problem(of key: String) -> String? {
        if plain.contains(key) || sections.contains(key) { return nil }
        let parts = key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts[0] == "providers" else { return "unknown setting; " + hint(parts[0]) }
        guard parts.count > 2 else { return "must be a map with " + provider.joined(separator: ", ") }
        guard provider.contains(parts[2]) else {
            return "unknown setting; allowed are " + provider.joined(separator: ", ")
        }
        switch parts[2] {
        case "upstream": return parts.count > 3 ? nil : "must be a map of model names"
        case "prices":
            let isPrice = parts.count > 4 && price.contains(parts[parts.count - 1])
            return isPrice ? nil : "must be a map of model names, each with " + price.joined(separator: ", ")
        default: return parts.count == 3 ? nil : "must be a single value or a list"
        }
    }

    /// The names that are allowed in a section, or at the top.
    private static func hint(_ section: String) -> String {
        let inside = plain.filter { $0.hasPrefix(section + ".") }
        let top = plain.filter { !$0.contains(".") } + sections
        return "allowed are " + (inside.isEmpty ? top : inside).joined(separator: ", ")
    }
}
