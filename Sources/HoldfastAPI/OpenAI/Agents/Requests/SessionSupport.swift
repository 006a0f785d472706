import HoldfastCore

/// What a session of this release can do. A definition may say more; a session that would have to ignore part of it is
/// refused by that part's name.
enum SessionSupport {
    static func check(_ agent: AgentDefinition, path: String) throws(APIError) {
        for (index, tool) in agent.tools.enumerated() {
            let place = "\(path)tools[\(index)]"
            guard tool["type"]?.string == "function" else {
                let kind = tool["type"]?.string ?? ""
                throw .unsupported(place, "Tools of type '\(kind)' are not supported in sessions by this release.")
            }
            for flag in ["defer_loading", "async"] where tool[flag]?.bool == true {
                throw .unsupported("\(place).\(flag)", "'\(flag)' functions are not supported by this release.")
            }
        }
        if agent.settings["multi_agent"]?["enabled"]?.bool == true {
            throw .unsupported("\(path)multi_agent", "Subagents are not supported by this release.")
        }
        if agent.settings["compaction"]?["async"]?.bool == true {
            throw .unsupported("\(path)compaction.async", "Compaction is not supported by this release.")
        }
        if agent.settings["experimental"]?["time_awareness"]?.bool == true {
            throw .unsupported(
                "\(path)experimental.time_awareness",
                "Time reminders are not supported by this release; the 'clock' tool tells the time.")
        }
    }

    /// Refuses session settings that would change behaviour and are not there yet.
    static func check(_ fields: Fields) throws(APIError) {
        try fields.refuse("vault_ids", unless: [.array([])], "there are no vaults yet.")
        try fields.refuse("prompt_cache_options", "prompt cache lifetimes are not passed on.")
        try fields.refuse("review", unless: ["none"], "there is no automatic review yet.")
    }

    /// Reads the environment of a new session.
    static func environment(_ fields: Fields, id: @autoclosure () -> String) throws(APIError) -> SessionEnvironment {
        let environment = try fields.requiredFields("environment")
        switch try environment.choice("type", ["none", "openai_hosted", "self_hosted"]) {
        case "none": return .none
        case "openai_hosted":
            try checkHosted(environment)
            let size = try environment.choice("container_size", ["small", "medium", "large"]) ?? "medium"
            return SessionEnvironment(kind: .hosted, id: id(), size: size)
        case "self_hosted":
            throw .unsupported("environment.type", "Self-hosted environments are not supported by this release.")
        default: throw .missing("environment.type")
        }
    }

    private static func checkHosted(_ environment: Fields) throws(APIError) {
        if let network = try environment.fields("network") {
            guard let access = try network.choice("access", ["enabled", "disabled", "restricted"]) else {
                throw .missing("environment.network.access")
            }
            guard access == "disabled" else {
                throw .unsupported(
                    "environment.network.access", "Commands have no network in this release; use 'disabled'.")
            }
            for name in ["allowed_domains", "blocked_domains"] {
                try network.refuse(name, unless: [.array([])], "domains need 'restricted' access.")
            }
        }
        for name in ["environment_id", "environment_template_id"] {
            try environment.refuse(name, "environments are made with their session.")
        }
        for name in ["files", "plugins", "skills", "setup_commands", "capability_directories"] {
            try environment.refuse(name, unless: [.array([])], "the workspace starts empty.")
        }
        try environment.refuse("env", unless: [.object([:])], "commands get no variables of the client.")
        try environment.refuse("desktop", unless: [["enabled": false]], "there is no desktop.")
        if let packages = try environment.fields("packages") {
            for kind in ["npm", "python", "system"] {
                try packages.refuse(kind, unless: [.array([])], "packages cannot be installed.")
            }
        }
    }
}
