import Foundation
import HoldfastServer
import Testing

/// Names that are unknown and values that are wrong are refused, with the place and what is allowed.
@Suite struct ConfigurationRefusalTests {
    @Test(arguments: [
        ("prot: 1", "prot", "unknown setting"),
        ("limits:\n  mailboxes: 1", "limits.mailboxes", "allowed are limits.request_body"),
        ("limits: 5", "limits", "must be a map"),
        ("limits:\n  mailbox: many", "limits.mailbox", "a whole number from 1, not 'many'"),
        ("limits:\n  mailbox: 0", "limits.mailbox", "from 1"),
        ("limits:\n  mailbox: 5s", "limits.mailbox", "a whole number"),
        ("limits:\n  command_time: 1d", "limits.command_time", "30s"),
        ("limits:\n  request_body: 99999999999GiB", "limits.request_body", "a size"),
        ("port: [1, 2]", "port", "must be a single value"),
        ("port: 65536", "port", "from 0 to 65535"),
        ("host: ''", "host", "must not be empty"),
        ("log_level: loud", "log_level", "trace, debug, info"),
        ("sandbox:\n  enabled: maybe", "sandbox.enabled", "true or false"),
        ("providers:\n  a:\n    url: x", "providers.a.url", "allowed are type, base_url"),
        ("providers:\n  a: x", "providers.a", "must be a map"),
        ("providers:\n  a:\n    models: [x]", "providers.a.base_url", "is missing"),
        ("providers:\n  a:\n    base_url: ftp://x", "providers.a.base_url", "http://"),
        ("providers:\n  a:\n    base_url: http://x\n    type: y", "providers.a.type", "one of openai"),
        (
            "providers:\n  a:\n    base_url: http://x\n    api: y", "providers.a.api",
            "one of chat_completions, responses"
        ),
        ("providers:\n  a:\n    base_url: http://x\n    models: y", "providers.a.models", "must be a list"),
        ("providers:\n  a:\n    base_url: http://x\n    models: ['*y']", "providers.a.models", "at most one '*'"),
        (
            "providers:\n  a:\n    base_url: http://x\n    key_env: A\n    key_file: b", "providers.a.key_file",
            "together with key_env"
        ),
        (
            "providers:\n  a:\n    base_url: http://x\n    prices:\n      m:\n        input: 2.5",
            "providers.a.prices.m.input", "micro-dollars"
        ),
        (
            "providers:\n  a:\n    base_url: http://x\n    prices:\n      m:\n        out: 2",
            "providers.a.prices.m.out", "input, cached_input, output"
        ),
    ])
    func inAFile(_ yaml: String, key: String, reason: String) async throws {
        let error = try await refusal { try await load(yaml) }
        #expect(error.key == key)
        #expect(error.reason.contains(reason), "\(error)")
        #expect(error.origin.hasSuffix(".yaml"))
    }

    @Test(arguments: ["- a", "just text", "a: [", "a: [{b: c}]"])
    func noMapOfSettings(_ yaml: String) async throws {
        let error = try await refusal { try await load(yaml) }
        #expect(error.reason.contains("not a YAML map"), "\(error)")
    }

    @Test func inTheEnvironment() async throws {
        let port = try await refusal { try await load(environment: ["HOLDFAST_PORT": "http"]) }
        #expect(port.description == "environment: HOLDFAST_PORT: must be a port number from 0 to 65535, not 'http'")
        let typo = try await refusal { try await load(environment: ["HOLDFAST_LIMITS_MAILBOXES": "1"]) }
        #expect(typo.key == "HOLDFAST_LIMITS_MAILBOXES")
        let provider = try await refusal { try await load(environment: ["HOLDFAST_PROVIDERS_A_TYPE": "x"]) }
        #expect(provider.reason.contains("only be set in a file"))
    }

    @Test func onTheCommandLine() async throws {
        var flags = ConfigurationLoader.Flags()
        flags.port = -1
        let port = try await refusal { try await load(flags: flags) }
        #expect(port.key == "--port" && port.origin == "command line")
        flags = ConfigurationLoader.Flags()
        flags.logLevel = "loud"
        #expect(try await refusal { try await load(flags: flags) }.key == "--log-level")
    }

    @Test func aNamedFileMustBeThere() async throws {
        var flags = ConfigurationLoader.Flags()
        flags.file = "/nonexistent/holdfast.yaml"
        let error = try await refusal { try await load(flags: flags) }
        #expect(error.description == "/nonexistent/holdfast.yaml: there is no such file")
    }

    private func refusal(_ body: () async throws -> ServerConfiguration) async throws -> ConfigurationError {
        try #require(await #expect(throws: ConfigurationError.self) { _ = try await body() })
    }
}
