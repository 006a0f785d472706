import ArgumentParser
import HoldfastCore

/// `holdfast keys list`.
struct KeysList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List keys, without their secrets.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let keys = try await KeyDesk.with(connection) { try await $0.list() }
        output.show(["object": "list", "data": .array(keys)]) {
            guard !keys.isEmpty else { return Terminal.line("No keys. Make one: holdfast keys create") }
            var table = Table("id", "project", "state", "created", "models", "name")
            for key in keys {
                let isRevoked = key["revoked_at"]?.integer != nil
                table.add(
                    .init(key.text("id"), .cyan), .init(key.text("project")),
                    isRevoked ? .init("revoked", .red) : .init("active", .green),
                    .init(Moments.ago(key.number("created_at"))),
                    .init(key["models"]?.array?.compactMap(\.string).joined(separator: " ") ?? "all"),
                    .init(key.text("name")))
            }
            table.lines().forEach { Terminal.line($0) }
        }
    }
}
