import HoldfastCore
import HoldfastModels

/// Reads `routes` and `projects`.
struct RouteReader {
    let sources: ConfigurationSources
    /// The dotted paths of all values of the file.
    let keys: [String]
    /// The providers that targets can name.
    let providers: [String]

    /// What may stand under `routes.NAME`, and under a target.
    static let route = ["order", "restart", "concurrency", "requests_per_minute"]
    static let target = [
        "provider", "model", "weight", "first_byte_time", "idle_time", "concurrency", "requests_per_minute",
    ]

    /// All routes in the order of the file.
    func routes() throws(ConfigurationError) -> [ModelRouteSettings] {
        var names: [String] = []
        for key in keys {
            guard let place = RoutePlace(key), !names.contains(place.route) else { continue }
            names.append(place.route)
        }
        var routes: [ModelRouteSettings] = []
        for name in names { routes.append(try route(name)) }
        return routes
    }

    /// The models of the projects that are limited to some.
    func projects() throws(ConfigurationError) -> [String: [String]] {
        var projects: [String: [String]] = [:]
        for key in keys where key.hasPrefix("projects.") && key.hasSuffix(".models") {
            let name = String(key.dropFirst("projects.".count).dropLast(".models".count))
            projects[name] = try sources.list(["projects", name, "models"])?.value
        }
        return projects
    }

    private func route(_ name: String) throws(ConfigurationError) -> ModelRouteSettings {
        let path = ["routes", name]
        var route = ModelRouteSettings(name: name)
        if let order = try sources.text(path + ["order"]) {
            guard let known = TargetOrder(rawValue: order.value) else {
                throw order.refused("must be ordered or weighted, not '\(order.value)'")
            }
            route.order = known
        }
        if let restart = try sources.text(path + ["restart"]) {
            guard ["true", "false"].contains(restart.value) else { throw restart.refused("must be true or false") }
            route.restarts = restart.value == "true"
        }
        route.limits = try limits(path)
        var targets: [String] = []
        for place in keys.compactMap(RoutePlace.init) where place.route == name {
            guard let target = place.target, !targets.contains(target) else { continue }
            targets.append(target)
            route.targets.append(try self.target(path + ["targets", target]))
        }
        guard !route.targets.isEmpty else {
            throw ConfigurationError(
                key: path.joined(separator: "."), origin: sources.sources.last?.origin ?? "",
                reason: "must have targets, each with a provider and a model")
        }
        return route
    }

    private func target(_ path: [String]) throws(ConfigurationError) -> ModelRouteSettings.Target {
        let provider = try required(path + ["provider"], "the name of one of the providers")
        guard providers.contains(provider.value) else {
            throw provider.refused("must be one of \(providers.joined(separator: ", ")), not '\(provider.value)'")
        }
        let model = try required(path + ["model"], "the provider's name of the model").value
        var target = ModelRouteSettings.Target(provider: provider.value, model: model)
        target.weight = try count(path + ["weight"]) ?? 1
        target.limits = try limits(path)
        target.firstByteTime = try time(path + ["first_byte_time"])
        target.idleTime = try time(path + ["idle_time"])
        return target
    }

    private func limits(_ path: [String]) throws(ConfigurationError) -> AdmissionLimits {
        AdmissionLimits(
            concurrency: try count(path + ["concurrency"]),
            requestsPerMinute: try count(path + ["requests_per_minute"]))
    }

    private func required(
        _ path: [String], _ what: String
    ) throws(ConfigurationError) -> ConfigurationSources.Found<String> {
        if let found = try sources.text(path), !found.value.isEmpty { return found }
        throw ConfigurationError(
            key: path.joined(separator: "."), origin: sources.sources.last?.origin ?? "", reason: "is missing; \(what)")
    }

    private func count(_ path: [String]) throws(ConfigurationError) -> Int? {
        guard let found = try sources.text(path) else { return nil }
        guard let value = Int(found.value), 1...1_000_000 ~= value else {
            throw found.refused("must be a whole number from 1 to 1000000, not '\(found.value)'")
        }
        return value
    }

    private func time(_ path: [String]) throws(ConfigurationError) -> Milliseconds? {
        guard let found = try sources.text(path) else { return nil }
        guard let value = LimitSetting.modelTime.parse(found.value) else {
            throw found.refused("must be \(LimitSetting.modelTime.allowed), not '\(found.value)'")
        }
        return value
    }
}

/// What a dotted path under `routes` is about. Names of routes may have dots.
struct RoutePlace {
    var route: String
    var target: String?
    /// The setting's name.
    var setting: String

    init?(_ key: String) {
        guard key.hasPrefix("routes.") else { return nil }
        let rest = key.dropFirst("routes.".count)
        if let range = rest.firstRange(of: ".targets.") {
            route = String(rest[..<range.lowerBound])
            let inside = rest[range.upperBound...].split(separator: ".", omittingEmptySubsequences: false)
            guard inside.count == 2 else { return nil }
            target = String(inside[0])
            setting = String(inside[1])
            return
        }
        let parts = rest.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count > 1, let last = parts.last, last != "targets" else { return nil }
        route = parts.dropLast().joined(separator: ".")
        setting = String(last)
    }
}
