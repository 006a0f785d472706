import HoldfastCore

/// Reads the tool declarations of an agent and fills in every default.
struct ToolSettings {
    let fields: Fields
    let limits: Limits

    /// The declarations as they are stored and shown.
    func resolve() throws(APIError) -> [JSON] {
        var names: Set<String> = []
        var tools: [JSON] = []
        for tool in try fields.list("tools", limit: limits.agentTools) ?? [] {
            let resolved = try Self.resolve(tool)
            if let name = (resolved["name"] ?? resolved["server_label"])?.string, !names.insert(name).inserted {
                throw .invalid(tool.path, "The tool name '\(name)' is used twice.")
            }
            tools.append(.object(resolved))
        }
        guard JSONWriter.bytes(tools).count <= limits.agentToolBytes else {
            throw .invalid(fields.param("tools"), "The tools are larger than \(limits.agentToolBytes) bytes.")
        }
        return tools
    }

    private static func resolve(_ tool: Fields) throws(APIError) -> JSONObject {
        let kinds = [
            "function", "mcp", "web_search", "tool_search", "programmatic_tool_calling", "computer_use", "automations",
        ]
        switch try tool.choice("type", kinds) {
        case "function": return try function(tool)
        case "mcp": return try mcp(tool)
        case "web_search": return try webSearch(tool)
        case "programmatic_tool_calling":
            return ["type": "programmatic_tool_calling", "enabled": .bool(try tool.bool("enabled") ?? true)]
        case "computer_use":
            return [
                "type": "computer_use", "include_screenshots": .bool(try tool.bool("include_screenshots") ?? false),
            ]
        case let kind?: return ["type": .string(kind)]
        case nil: throw .missing(tool.param("type"))
        }
    }

    private static func function(_ tool: Fields) throws(APIError) -> JSONObject {
        let name = try tool.requiredString("name", limit: 64)
        guard name.utf8.allSatisfy(isNameByte) else {
            throw .invalid(tool.param("name"), "A function's name has only letters, digits, '_' and '-'.")
        }
        guard let description = try tool.string("description") else { throw .missing(tool.param("description")) }
        var resolved: JSONObject = [
            "type": "function", "name": .string(name), "description": .string(description),
            "parameters": .object(try tool.requiredFields("parameters").object),
            "defer_loading": .bool(try tool.bool("defer_loading") ?? false),
        ]
        if let isAsync = try tool.bool("async") { resolved["async"] = .bool(isAsync) }
        return resolved
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2D: true
        default: false
        }
    }

    private static func mcp(_ tool: Fields) throws(APIError) -> JSONObject {
        let allowed = try tool.strings("allowed_tools", limit: 1_024)
        return [
            "type": "mcp", "server_label": .string(try tool.requiredString("server_label", limit: 64)),
            "transport": .object(try transport(try tool.requiredFields("transport"))),
            "allowed_tools": allowed.map { .array($0.map(JSON.string)) } ?? .null,
            "connection_origin": .string(
                try tool.choice("connection_origin", ["service", "environment"]) ?? "service"),
            "credential_id": try tool.string("credential_id", limit: 256).json,
            "request_metadata": .object(try tool.fields("request_metadata")?.object ?? [:]),
            "required": .bool(try tool.bool("required") ?? false),
        ]
    }

    private static func transport(_ transport: Fields) throws(APIError) -> JSONObject {
        switch try transport.choice("type", ["http", "stdio"]) {
        case "http":
            try transport.refuse("authorization", "a secret must come from a vault, which this release does not have.")
            let headers = try transport.fields("headers")?.object ?? [:]
            for header in headers.members where ["authorization", "cookie"].contains(header.name.lowercased()) {
                throw .unsupported(
                    transport.param("headers"), "A secret must come from a vault, which this release does not have.")
            }
            return [
                "type": "http", "server_url": .string(try transport.requiredString("server_url", limit: 2_048)),
                "headers": .object(headers),
            ]
        case "stdio":
            try transport.refuse("env", "name the variables in 'env_vars'.")
            return [
                "type": "stdio", "command": .string(try transport.requiredString("command")),
                "cwd": .string(try transport.requiredString("cwd")),
                "args": .array((try transport.strings("args", limit: 256) ?? []).map(JSON.string)),
                "env_vars": .array((try transport.strings("env_vars", limit: 256) ?? []).map(JSON.string)),
            ]
        default: throw .missing(transport.param("type"))
        }
    }

    private static func webSearch(_ tool: Fields) throws(APIError) -> JSONObject {
        let domains = try tool.strings("allowed_domains", limit: 1_024)
        var location: JSON = .null
        if let given = try tool.fields("location") {
            var place = JSONObject()
            for name in ["city", "country", "region", "timezone"] { place[name] = try given.string(name).json }
            location = .object(place)
        }
        return [
            "type": "web_search", "allowed_domains": domains.map { .array($0.map(JSON.string)) } ?? .null,
            "context_size": .string(try tool.choice("context_size", ["low", "medium", "high"]) ?? "medium"),
            "location": location, "mode": .string(try tool.choice("mode", ["disabled", "cached", "live"]) ?? "live"),
        ]
    }
}
