import ArgumentParser
import HoldfastCore

/// `holdfast keys create`.
struct KeysCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make an API key and print it.",
        discussion: """
            The key alone goes to standard output, so that this works:

              export OPENAI_API_KEY=$(holdfast keys create --data .holdfast)
            """)

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    @Option(help: "A name for people.")
    var name = "cli"

    @Option(help: "The project that the key belongs to.")
    var project = "default"

    @Option(help: "A model or route that the key may use, or a prefix ending in '*'; give it again for more.")
    var model: [String] = []

    func run() async throws {
        let key = try await KeyDesk.with(connection, makesDirectory: true) {
            try await $0.create(name: name, project: project, models: model)
        }
        output.show(key) { Terminal.line(key.text("key")) }
        if Terminal.isInteractive(.output), !output.json {
            Terminal.note(
                Style.dim("Keep it: it is not shown again. Revoke it with: holdfast keys revoke \(key.text("id"))"))
        }
    }
}
