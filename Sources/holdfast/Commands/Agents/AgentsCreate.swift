import ArgumentParser
import Foundation
import HoldfastCore

/// `holdfast agents create`.
struct AgentsCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Save an agent and print its id.",
        discussion: """
            holdfast agents create --model gpt-4.1 --name Surveyor --instructions 'You survey source trees.'
            holdfast agents create --file agent.json

            A file holds the body of POST /v1/agents; options override its fields. '-' reads standard input.
            """)

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    @Option(help: "The model. 'scripted' is the embedded one, for tests.")
    var model: String?

    @Option(help: "A name for people.")
    var name: String?

    @Option(help: "What the agent is told.")
    var instructions: String?

    @Option(help: "A JSON file with the whole definition.")
    var file: String?

    func validate() throws {
        guard model != nil || file != nil else { throw ValidationError("Give --model or --file.") }
    }

    func run() async throws {
        var definition = JSONObject()
        if let file { definition = try read(file) }
        if let model { definition["model"] = .string(model) }
        if let name { definition["name"] = .string(name) }
        if let instructions { definition["instructions"] = .string(instructions) }
        let body = JSON.object(definition)
        let agent = try await connection.withClient { try await $0.post("/agents", body) }
        output.show(agent) { Terminal.line(agent.text("id")) }
    }

    private func read(_ file: String) throws -> JSONObject {
        let path = file == "-" ? "/dev/stdin" : file
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandFailure("The file \(file) cannot be read.")
        }
        do {
            guard let object = try JSONParser.parse([UInt8](data)).object else {
                throw CommandFailure("\(file) must hold a JSON object.")
            }
            return object
        } catch let error as JSONParseError {
            throw CommandFailure("\(file) is not JSON: \(error)")
        }
    }
}
