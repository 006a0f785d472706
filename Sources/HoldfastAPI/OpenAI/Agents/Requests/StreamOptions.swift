/// How a client wants its events.
struct StreamOptions {
    /// Whether events carry random padding.
    var isObfuscated = true

    /// The `stream_options` of a request; they need `stream`.
    init(_ fields: Fields, isStreaming: Bool) throws(APIError) {
        guard let options = try fields.fields("stream_options") else { return }
        guard isStreaming else {
            throw .invalid("stream_options", "'stream_options' is only allowed when 'stream' is true.")
        }
        isObfuscated = try options.bool("include_obfuscation") ?? true
    }
}
