/// Reads what only some types of provider have.
extension ProviderReader {
    func options(
        _ path: [String], kind: ModelProviderSettings.Kind, key: ModelProviderSettings.Key
    ) throws(ConfigurationError) -> ModelProviderSettings.Options {
        for name in ModelProviderSettings.Options.names {
            let kinds = ModelProviderSettings.Options.kinds[name] ?? []
            guard !kinds.contains(kind), let found = try sources.text(path + [name]) else { continue }
            let allowed = kinds.map(\.rawValue).joined(separator: " and ")
            throw found.refused("is only for providers of type \(allowed), not \(kind.rawValue)")
        }
        var options = ModelProviderSettings.Options()
        options.authorization = try choice(path + ["auth"])
        options.apiVersion = try word(path + ["api_version"])
        options.anthropicVersion = try word(path + ["anthropic_version"])
        options.anthropicBetas = try sources.list(path + ["anthropic_beta"])?.value ?? []
        options.maxTokens = try count(path + ["max_tokens"])
        if kind == .openai { options.openAIAPI = try choice(path + ["api"]) }
        guard kind == .bedrock else { return options }
        options.bedrockAPI = try choice(path + ["api"])
        options.signingName = try word(path + ["signing_name"])
        guard let region = try word(path + ["region"]) else { throw missing(path + ["region"], "such as us-east-1") }
        options.region = region
        options.accessKey = try self.key(path, "access_key")
        options.secretKey = try self.key(path, "secret_key")
        options.sessionToken = try self.key(path, "session_token")
        switch (key, options.accessKey, options.secretKey) {
        case (.none, .none, .none): addAmazonDefaults(to: &options)
        case (.none, .none, _): throw missing(path + ["access_key_env"], "as there is a secret key")
        case (.none, _, .none): throw missing(path + ["secret_key_env"], "as there is an access key")
        case (.none, _, _): break
        case (_, .none, .none): break
        case (_, .none, _): throw together(path + ["secret_key_env"])
        default: throw together(path + ["access_key_env"])
        }
        return options
    }

    private func together(_ path: [String]) -> ConfigurationError {
        let origin = sources.sources.last?.origin ?? ""
        let reason = "cannot be given together with a key, which is sent as a bearer"
        return ConfigurationError(key: path.joined(separator: "."), origin: origin, reason: reason)
    }

    /// AWS' own variables.
    private func addAmazonDefaults(to options: inout ModelProviderSettings.Options) {
        options.accessKey = .environment("AWS_ACCESS_KEY_ID")
        options.secretKey = .environment("AWS_SECRET_ACCESS_KEY")
        // Only temporary keys have one.
        if environment["AWS_SESSION_TOKEN"]?.isEmpty == false, options.sessionToken == .none {
            options.sessionToken = .environment("AWS_SESSION_TOKEN")
        }
    }

    private func choice<Choice: RawRepresentable & CaseIterable>(
        _ path: [String]
    ) throws(ConfigurationError) -> Choice? where Choice.RawValue == String {
        guard let found = try sources.text(path) else { return nil }
        guard let choice = Choice(rawValue: found.value) else {
            let allowed = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw found.refused("must be one of \(allowed), not '\(found.value)'")
        }
        return choice
    }

    /// A value that becomes a part of a header field or a URL.
    private func word(_ path: [String]) throws(ConfigurationError) -> String? {
        guard let found = try sources.text(path) else { return nil }
        let isWord = found.value.utf8.allSatisfy { byte in
            0x61...0x7A ~= byte || 0x41...0x5A ~= byte || 0x30...0x39 ~= byte || byte == 0x2D
        }
        guard isWord, !found.value.isEmpty else {
            throw found.refused("must be letters, digits and hyphens, not '\(found.value)'")
        }
        return found.value
    }

    private func count(_ path: [String]) throws(ConfigurationError) -> Int? {
        guard let found = try sources.text(path) else { return nil }
        guard let value = Int(found.value), 1...10_000_000 ~= value else {
            throw found.refused("must be a number from 1 to 10000000, not '\(found.value)'")
        }
        return value
    }
}
