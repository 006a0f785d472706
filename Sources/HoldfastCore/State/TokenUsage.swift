/// Tokens that model calls used, as the provider reported them.
public struct TokenUsage: Sendable, Equatable {
    public var input: Int
    /// Of `input`: read from the provider's prompt cache.
    public var cached: Int
    /// Of `input`: written to the provider's prompt cache.
    public var cacheWrite: Int
    public var output: Int
    /// Of `output`: spent on reasoning.
    public var reasoning: Int

    public init(input: Int = 0, cached: Int = 0, cacheWrite: Int = 0, output: Int = 0, reasoning: Int = 0) {
        self.input = input
        self.cached = cached
        self.cacheWrite = cacheWrite
        self.output = output
        self.reasoning = reasoning
    }

    public static func += (left: inout Self, right: Self) {
        left.input += right.input
        left.cached += right.cached
        left.cacheWrite += right.cacheWrite
        left.output += right.output
        left.reasoning += right.reasoning
    }
}

extension TokenUsage: JSONWritable {
    public func write(to writer: inout JSONWriter) {
        let values = [input, cached, output, reasoning]
        writer.array(of: cacheWrite == 0 ? values : values + [cacheWrite])
    }

    init(_ json: [JSON]) throws(JSONReadError) {
        let values = json.compactMap(\.integer).map(Int.init)
        guard values.count == 4 || values.count == 5 else {
            throw JSONReadError(name: "usage", expected: "four or five integers")
        }
        self.init(
            input: values[0], cached: values[1], cacheWrite: values.count == 5 ? values[4] : 0, output: values[2],
            reasoning: values[3])
    }
}
