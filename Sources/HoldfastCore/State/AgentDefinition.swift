/// What an agent is: a named, versioned definition. A session keeps the one that it started with.
public struct AgentDefinition: Sendable, Equatable {
    public var id: String
    /// Rises with every update; a session's own overrides do not change it.
    public var version: Int
    public var name: String?
    public var model: String
    public var instructions: String?
    /// Tool declarations as the API resolved them (`type`, and that type's fields).
    public var tools: [JSON]
    /// Every other setting as the API resolved it: `reasoning`, `text`, `service_tier`, `multi_agent`, `compaction`,
    /// `experimental`.
    public var settings: JSONObject

    public init(
        id: String, version: Int = 1, name: String? = nil, model: String, instructions: String? = nil,
        tools: [JSON] = [], settings: JSONObject = [:]
    ) {
        self.id = id
        self.version = version
        self.name = name
        self.model = model
        self.instructions = instructions
        self.tools = tools
        self.settings = settings
    }

    /// The function tools, which the client runs.
    public var functions: [ToolDefinition] {
        ToolDefinition.list(tools.filter { $0["type"] == "function" })
    }
}

extension AgentDefinition: JSONWritable {
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", id)
            writer.member("version", version)
            writer.member(ifPresent: "name", name)
            writer.member("model", model)
            writer.member(ifPresent: "instructions", instructions)
            writer.member("tools", tools)
            writer.member("settings", settings)
        }
    }

    public init(_ json: JSONObject) throws(JSONReadError) {
        self.init(
            id: try json.string("id"), version: try json.int("version"), name: json["name"]?.string,
            model: try json.string("model"), instructions: json["instructions"]?.string,
            tools: try json.array("tools"), settings: try json.object("settings"))
    }
}
