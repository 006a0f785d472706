import HoldfastCore

/// What a Messages stream says about its tokens. Each report is cumulative: the last number of each kind counts.
struct AnthropicUsage {
    private var input: Int?
    private var cacheWrite: Int?
    private var cacheRead: Int?
    private var output: Int?
    private var thinking: Int?

    mutating func take(_ json: JSON?) {
        func tokens(_ value: JSON?) -> Int? { value?.integer.map { Int(min(max(0, $0), 1_000_000_000)) } }
        input = tokens(json?["input_tokens"]) ?? input
        cacheWrite = tokens(json?["cache_creation_input_tokens"]) ?? cacheWrite
        cacheRead = tokens(json?["cache_read_input_tokens"]) ?? cacheRead
        output = tokens(json?["output_tokens"]) ?? output
        thinking = tokens(json?["output_tokens_details"]?["thinking_tokens"]) ?? thinking
    }

    /// In our words, where `input` has the cached tokens in it; `nil` when nothing was reported.
    var tokens: TokenUsage? {
        guard input != nil || output != nil else { return nil }
        let (read, written) = (cacheRead ?? 0, cacheWrite ?? 0)
        return TokenUsage(
            input: (input ?? 0) + read + written, cached: read, cacheWrite: written, output: output ?? 0,
            reasoning: min(output ?? 0, thinking ?? 0))
    }
}
