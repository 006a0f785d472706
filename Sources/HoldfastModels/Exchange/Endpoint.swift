/// Where a provider is.
struct Endpoint: Sendable, Equatable {
    /// The URL without a slash at its end.
    var base: String
    /// Host and port, as error messages show them and as the `Host` field has them.
    var host: String

    /// Reads the URL of a configuration.
    /// - Throws: when it has no host, or parts that it must not have.
    init(_ url: String) throws(ModelConfigurationError) {
        let scheme = ["https://", "http://"].first { url.hasPrefix($0) }
        guard let scheme else {
            throw ModelConfigurationError("a model provider's URL must begin with https:// or http://")
        }
        var base = url[...]
        while base.hasSuffix("/") { base.removeLast() }
        let authority = base.dropFirst(scheme.count).prefix { $0 != "/" }
        guard !authority.isEmpty, !authority.contains("@"), !base.contains("?"), !base.contains("#") else {
            throw ModelConfigurationError(
                "a model provider's URL must have a host and no user name, query or fragment")
        }
        self.base = String(base)
        host = String(authority)
    }

    var isLoopback: Bool { ["localhost", "127.", "[::1]"].contains { host.hasPrefix($0) } }

    /// Whether what is sent there can be read on the way.
    var isExposed: Bool { base.hasPrefix("http://") && !isLoopback }

    /// The path of a URL at this host, percent-encoded, without the query.
    func path(of url: String) -> String {
        let rest = url.dropFirst((base.hasPrefix("https") ? 8 : 7) + host.count)
        return String(rest.prefix { $0 != "?" })
    }
}
