import ArgumentParser
import HoldfastCore

/// Which server a command talks to.
struct ConnectionOptions: ParsableArguments {
    @Option(help: "The data directory of a server on this machine; its Unix socket is used. [default: .holdfast]")
    var data: String?

    @Option(help: "The base URL of a server, such as http://127.0.0.1:4747/v1. [environment: HOLDFAST_BASE_URL]")
    var url: String?

    @Option(help: "The API key for --url. [environment: HOLDFAST_API_KEY]")
    var key: String?

    /// The data directory, named or not.
    var directory: String { data ?? Terminal.environment("HOLDFAST_DATA") ?? ".holdfast" }

    /// Where to connect: `--url`, then `--data`, then the environment's URL, then the default directory.
    var endpoint: Endpoint {
        get throws {
            if url != nil, data != nil { throw ValidationError("Give either --url or --data.") }
            if let url = url ?? (data == nil ? Terminal.environment("HOLDFAST_BASE_URL") : nil) {
                return try Endpoint(url: url, key: key ?? Terminal.environment("HOLDFAST_API_KEY"))
            }
            return Endpoint(dataDirectory: directory)
        }
    }

    /// Runs with a client for the server.
    func withClient<Value: Sendable>(_ body: (APIClient) async throws -> Value) async throws -> Value {
        try await APIClient.with(endpoint, body)
    }
}

/// How a command prints.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print JSON for programs.")
    var json = false

    /// Prints a value as JSON, or what the closure prints.
    func show(_ value: JSON, _ people: () -> Void) {
        if json { Terminal.line(value.text) } else { people() }
    }
}
