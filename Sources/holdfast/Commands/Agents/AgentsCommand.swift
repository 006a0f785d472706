import ArgumentParser

/// `holdfast agents`.
struct AgentsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agents",
        abstract: "List, show, create and delete saved agents.",
        discussion: """
            A saved agent is a named definition: model, instructions, tools. A session keeps the version of the agent \
            that it started with, also when the agent is changed or deleted later.
            """,
        subcommands: [AgentsList.self, AgentsShow.self, AgentsCreate.self, AgentsDelete.self],
        defaultSubcommand: AgentsList.self)
}
