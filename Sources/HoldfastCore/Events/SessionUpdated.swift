/// A client changed a session's settings; `nil` members are unchanged.
public struct SessionUpdated: Sendable, Equatable, JSONWritable {
    /// A new spending limit.
    public enum SpendLimit: Sendable, Equatable {
        case none
        case cents(Int)
    }

    public var agent: AgentDefinition?
    public var metadata: JSONObject?
    public var spendLimit: SpendLimit?

    public init(agent: AgentDefinition? = nil, metadata: JSONObject? = nil, spendLimit: SpendLimit? = nil) {
        self.agent = agent
        self.metadata = metadata
        self.spendLimit = spendLimit
    }

    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member(ifPresent: "agent", agent)
            writer.member(ifPresent: "metadata", metadata)
            switch spendLimit {
            case nil: break
            case .some(.none): writer.member("limit", JSON.null)
            case .cents(let cents): writer.member("limit", cents)
            }
        }
    }

    init(_ json: JSONObject) throws(JSONReadError) {
        self.init(metadata: json["metadata"]?.object)
        if let agent = json["agent"]?.object { self.agent = try AgentDefinition(agent) }
        if let limit = json["limit"] { spendLimit = limit.integer.map { .cents(Int($0)) } ?? SpendLimit.none }
    }
}
