import ArgumentParser
import HoldfastCore

/// `holdfast keys revoke`.
struct KeysRevoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Revoke a key at once; open streams of it end.",
        discussion: "The key is named by its id or by the whole key.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    @Argument(help: "The key's id, or the key itself.")
    var key: String

    func run() async throws {
        let parts = key.split(separator: "_")
        let id = parts.count >= 3 && parts[0] == "hf" ? String(parts[1]) : key
        try await KeyDesk.with(connection) { try await $0.revoke(id) }
        output.show(["id": .string(id), "revoked": true]) { Terminal.line("Revoked \(id).") }
    }
}
