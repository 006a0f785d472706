import HoldfastCore

extension ModelError {
    /// A request asks for something that a provider's dialect has no words for.
    /// - Parameter name: what was asked for, as OpenAI's APIs call it.
    static func unsupported(_ name: String, by dialect: String) -> ModelError {
        ModelError(.invalidRequest, "\(dialect) does not support \(name)", isRetryable: false)
    }
}

extension ModelOptions {
    /// Refuses the options that only OpenAI's dialects have.
    func refuseOpenAIOnly(by dialect: String) throws(ModelError) {
        let asked: [(String, Bool)] = [
            ("'logprobs'", topLogprobs != nil), ("'frequency_penalty'", (frequencyPenalty ?? 0) != 0),
            ("'presence_penalty'", (presencePenalty ?? 0) != 0), ("'seed'", seed != nil),
            ("'verbosity'", verbosity != nil),
            ("the response format 'json_object' (give a JSON schema)", format == .jsonObject),
        ]
        if let name = asked.first(where: { $0.1 }) { throw .unsupported(name.0, by: dialect) }
    }
}
