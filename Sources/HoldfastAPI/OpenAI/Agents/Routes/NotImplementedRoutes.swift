import HTTPTypes
import Hummingbird

/// The operations of the Agents API that this release does not have: each answers 501 and says so.
enum NotImplementedRoutes {
    static let operations: [(HTTPRequest.Method, String)] = [
        (.post, "agents/automations"), (.get, "agents/automations"), (.get, "agents/automations/:automation_id"),
        (.post, "agents/automations/:automation_id"), (.delete, "agents/automations/:automation_id"),
        (.post, "agents/automations/:automation_id/invocations"),
        (.get, "agents/automations/:automation_id/invocations"),
        (.get, "agents/automations/:automation_id/invocations/:invocation_id"),
        (.post, "agents/automations/:automation_id/pause"), (.post, "agents/automations/:automation_id/resume"),
        (.get, "agents/environments"), (.post, "agents/environments"), (.post, "agents/environments/templates"),
        (.get, "agents/environments/templates"), (.get, "agents/environments/templates/:environment_template_id"),
        (.post, "agents/environments/templates/:environment_template_id"),
        (.delete, "agents/environments/templates/:environment_template_id"),
        (.get, "agents/environments/:environment_id"), (.get, "agents/environments/:environment_id/files"),
        (.post, "agents/environments/:environment_id/files"), (.get, "agents/sessions/:session_id/artifacts"),
        (.get, "agents/sessions/:session_id/artifacts/:artifact_id"),
        (.delete, "agents/sessions/:session_id/artifacts/:artifact_id"),
        (.get, "agents/sessions/:session_id/artifacts/:artifact_id/content"),
        (.get, "agents/sessions/:session_id/subagents"),
        (.get, "agents/sessions/:session_id/subagents/:subagent_id"),
        (.get, "agents/sessions/:session_id/subagents/:subagent_id/items"),
        (.get, "agents/sessions/:session_id/subagents/:subagent_id/turns"),
        (.get, "agents/sessions/:session_id/subagents/:subagent_id/turns/:turn_id"),
        (.get, "agents/sessions/:session_id/subagents/:subagent_id/turns/:turn_id/items"),
        (.get, "agents/sessions/:session_id/traces"), (.post, "vaults"), (.get, "vaults"),
        (.get, "vaults/:vault_id"), (.post, "vaults/:vault_id"), (.delete, "vaults/:vault_id"),
        (.post, "vaults/:vault_id/credentials"), (.get, "vaults/:vault_id/credentials"),
        (.get, "vaults/:vault_id/credentials/:credential_id"), (.post, "vaults/:vault_id/credentials/:credential_id"),
        (.delete, "vaults/:vault_id/credentials/:credential_id"),
    ]

    static func add(to group: RouterGroup<APIContext>) {
        for (method, path) in operations {
            group.on(RouterPath(path), method: method) { _, _ -> Response in
                let shown = path.split(separator: "/").map { $0.hasPrefix(":") ? "{\($0.dropFirst())}" : String($0) }
                throw APIError.notImplemented(
                    "This release does not have '\(method) /v1/\(shown.joined(separator: "/"))' of the Agents API.")
            }
        }
    }
}
