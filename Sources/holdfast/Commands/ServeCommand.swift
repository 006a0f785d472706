import ArgumentParser
import Glibc
import HoldfastServer
import Logging

/// `holdfast serve`.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the server until Ctrl-C or SIGTERM.",
        discussion: """
            Everything that the server keeps is in the data directory: the database, large values, the files of hosted \
            sessions, and the socket that local commands use. Only one server can use a directory at a time. The first \
            start prints an API key, once; `holdfast keys create` makes more.

            Settings come from the command line, then from HOLDFAST_… variables (HOLDFAST_PORT, \
            HOLDFAST_LIMITS_COMMAND_TIME), then from a YAML file, then from the defaults. The file is --config, else \
            HOLDFAST_CONFIG, else holdfast.yaml in the current directory if there is one. Unknown settings and bad \
            values are refused. docs/guides/configuration.md lists all of them; in short:

              data, host, port, log_level      as the options below
              scripted.enabled, .name, .script_file
                                               the embedded model for tests
              providers.NAME.type, .api, .base_url, .key_env, .key_file,
                .models, .upstream, .prices    model providers
              sandbox.enabled                  hosted environments
              limits.request_body, …           every bound of the server

            With OPENAI_API_KEY set and no provider configured, OPENAI_BASE_URL (or OpenAI) serves every model.

            The server listens on 127.0.0.1 unless told otherwise. Put a TLS proxy in front of it before you let \
            others reach it. SIGTERM and Ctrl-C stop it gracefully; open turns go on at the next start, as they do \
            after kill -9.
            """)

    @Option(help: "The directory that holds everything. [default: .holdfast]")
    var data: String?

    @Option(help: "The address to listen on. [default: 127.0.0.1]")
    var host: String?

    @Option(help: "The port to listen on; 0 lets the system choose. [default: 4747]")
    var port: Int?

    @Option(help: "A YAML file with settings.")
    var config: String?

    @Option(help: "trace, debug, info, notice, warning, error or critical. [default: info]")
    var logLevel: String?

    @Option(help: "A script that the scripted model follows when a message is no script.")
    var script: String?

    func run() async throws {
        var flags = ConfigurationLoader.Flags()
        flags.file = config
        flags.dataDirectory = data
        flags.host = host
        flags.port = port
        flags.logLevel = logLevel
        flags.scriptFile = script
        let configuration = try await ConfigurationLoader(flags: flags, environment: Environment.all).load()
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = configuration.logLevel
            return handler
        }
        try await Server(configuration: configuration, logger: Logger(label: "holdfast")).run()
    }
}
