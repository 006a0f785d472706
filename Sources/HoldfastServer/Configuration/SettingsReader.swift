import HoldfastCore
import Logging

/// Reads the settings whose names are fixed.
struct SettingsReader {
    let sources: ConfigurationSources

    /// Everything but limits and providers.
    func plainSettings() throws(ConfigurationError) -> ServerConfiguration {
        var result = ServerConfiguration()
        if let data = try nonEmpty(["data"]) { result.dataDirectory = Self.withoutSlash(data) }
        if let host = try nonEmpty(["host"]) { result.host = host }
        if let port = try sources.text(["port"]) {
            guard let number = Int(port.value), 0...65_535 ~= number else {
                throw port.refused("must be a port number from 0 to 65535, not '\(port.value)'")
            }
            result.port = number
        }
        if let level = try sources.text(["log_level"]) {
            guard let known = Logger.Level(rawValue: level.value.lowercased()) else {
                let allowed = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
                throw level.refused("must be one of \(allowed), not '\(level.value)'")
            }
            result.logLevel = known
        }
        if let isEnabled = try bool(["scripted", "enabled"]) { result.scripted.isEnabled = isEnabled }
        if let name = try nonEmpty(["scripted", "name"]) { result.scripted.name = name }
        result.scripted.scriptFile = try nonEmpty(["scripted", "script_file"])
        if let isEnabled = try bool(["improv", "enabled"]) { result.improv.isEnabled = isEnabled }
        if let name = try sources.text(["improv", "name"]) {
            guard ProviderReader.isPattern(name.value) else {
                throw name.refused("must be a model name with at most one '*', at its end")
            }
            result.improv.name = name.value
        }
        if let isEnabled = try bool(["sandbox", "enabled"]) { result.sandbox.isEnabled = isEnabled }
        return result
    }

    /// The limits, with those changed that are set.
    func limits() throws(ConfigurationError) -> Limits {
        var limits = Limits()
        for setting in LimitSetting.all {
            guard let found = try sources.text(["limits", setting.name]) else { continue }
            guard let value = setting.parse(found.value) else {
                throw found.refused("must be \(setting.allowed), not '\(found.value)'")
            }
            setting.set(&limits, value)
        }
        return limits
    }

    /// A path or URL without slashes at its end.
    static func withoutSlash(_ text: String) -> String {
        var text = text
        while text.count > 1, text.hasSuffix("/") { text.removeLast() }
        return text
    }

    private func nonEmpty(_ path: [String]) throws(ConfigurationError) -> String? {
        guard let found = try sources.text(path) else { return nil }
        guard !found.value.isEmpty else { throw found.refused("must not be empty") }
        return found.value
    }

    private func bool(_ path: [String]) throws(ConfigurationError) -> Bool? {
        guard let found = try sources.text(path) else { return nil }
        switch found.value.lowercased() {
        case "true", "yes", "on", "1": return true
        case "false", "no", "off", "0": return false
        default: throw found.refused("must be true or false, not '\(found.value)'")
        }
    }
}
