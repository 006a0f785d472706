import Foundation
import HoldfastCore
import HoldfastModels
import Logging
import Testing

@testable import HoldfastServer

/// Where settings come from and which source wins.
@Suite struct ConfigurationTests {
    @Test func defaultsAreSafe() async throws {
        let configuration = try await load()
        #expect(configuration == ServerConfiguration())
        #expect(configuration.host == "127.0.0.1")
        #expect(configuration.port == 4747)
        #expect(configuration.adminSocket == ".holdfast/admin.sock")
    }

    @Test func flagsWinOverEnvironmentOverFileOverDefaults() async throws {
        let yaml = """
            data: /from/file
            host: 10.0.0.1
            port: 1000
            log_level: error
            """
        var flags = ConfigurationLoader.Flags()
        flags.dataDirectory = "/from/flag/"
        let configuration = try await load(
            yaml, environment: ["HOLDFAST_DATA": "/from/environment", "HOLDFAST_PORT": "2000"], flags: flags)
        #expect(configuration.dataDirectory == "/from/flag")
        #expect(configuration.port == 2000)
        #expect(configuration.host == "10.0.0.1")
        #expect(configuration.logLevel == .error)
        #expect(configuration.limits == .init())
    }

    @Test func limitsTakeUnits() async throws {
        let yaml = """
            limits:
              request_body: 2MiB
              command_time: 90s
              mailbox: 7
            """
        let limits = try await load(yaml, environment: ["HOLDFAST_LIMITS_MAILBOX": "9"]).limits
        #expect(limits.requestBody == 2 << 20)
        #expect(limits.commandTime == 90_000)
        #expect(limits.mailbox == 9)
    }

    @Test func aFileNamedInTheEnvironmentIsRead() async throws {
        let file = try TemporaryFile("port: 12")
        #expect(try await load(environment: ["HOLDFAST_CONFIG": file.path]).port == 12)
    }

    @Test func emptySectionsAreNoSettings() async throws {
        #expect(try await load("limits:\nproviders: ~\nport: 5\n").port == 5)
    }

    @Test(arguments: ["", "\n", "# port: 5\n", "---\n  # nothing yet\n\n"])
    func aFileWithoutSettingsSaysNothing(_ yaml: String) async throws {
        #expect(try await load(yaml).port == load().port)
    }

    @Test func openAIIsAssumedFromItsOwnVariables() async throws {
        let environment = ["OPENAI_API_KEY": "k", "OPENAI_BASE_URL": "http://localhost:1/v1/"]
        let expected = ModelProviderSettings(
            name: "openai", baseURL: "http://localhost:1/v1", key: .environment("OPENAI_API_KEY"))
        #expect(try await load(environment: environment).providers == [expected])
        #expect(try await load(environment: ["OPENAI_BASE_URL": "http://localhost:1"]).providers == [])
        let own = "providers:\n  mine:\n    base_url: http://localhost:2/v1\n"
        #expect(try await load(own, environment: environment).providers.map(\.name) == ["mine"])
    }

    @Test func providersAreReadInOrder() async throws {
        let yaml = """
            providers:
              zeta:
                type: openai
                base_url: https://zeta.example/v1/
                key_env: ZETA_KEY
                models: [gpt-4.1, "o*"]
                upstream:
                  gpt-4.1: deployment.7
                prices:
                  gpt-4.1: {input: 2000000, cached_input: 500000, output: 8000000}
                  "o*": {input: 1, output: 2}
              alpha:
                base_url: http://127.0.0.1:8000
                key_file: /run/secrets/alpha
            """
        let providers = try await load(yaml).providers
        #expect(providers.map(\.name) == ["zeta", "alpha"])
        let zeta = try #require(providers.first)
        #expect(zeta.baseURL == "https://zeta.example/v1")
        #expect(zeta.key == .environment("ZETA_KEY"))
        #expect(zeta.models == ["gpt-4.1", "o*"])
        #expect(zeta.upstream == ["gpt-4.1": "deployment.7"])
        let price = ModelProviderSettings.Price(input: 2_000_000, cachedInput: 500_000, output: 8_000_000)
        #expect(zeta.prices == ["gpt-4.1": price, "o*": .init(input: 1, cachedInput: 1, output: 2)])
        #expect(providers.last?.key == .file("/run/secrets/alpha"))
        #expect(providers.last?.models == ["*"])
    }

    @Test func everyModelSettingBecomesARoute() {
        let dear = ModelProviderSettings.Price(input: 9, cachedInput: 9, output: 9)
        let cheap = ModelProviderSettings.Price(input: 1, cachedInput: 1, output: 1)
        let provider = ModelProviderSettings(
            name: "p", baseURL: "", models: ["gpt-*", "o3"], upstream: ["gpt-*": "azure-*", "fast": "gpt-mini"],
            prices: ["gpt-4.1": dear, "gpt-*": cheap, "unserved": dear])
        #expect(
            provider.routes == [
                .init(pattern: "gpt-*", upstreamModel: "azure-*", price: cheap),
                .init(pattern: "o3", upstreamModel: nil, price: nil),
                .init(pattern: "fast", upstreamModel: "gpt-mini", price: nil),
                .init(pattern: "gpt-4.1", upstreamModel: "azure-4.1", price: dear),
            ])
    }

    @Test func theGuideListsEveryLimitWithItsDefault() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized
        let guide = try String(contentsOf: root.appending(path: "docs/guides/configuration.md"), encoding: .utf8)
        for setting in LimitSetting.all {
            let row = try #require(
                guide.split(separator: "\n").first { $0.hasPrefix("| `\(setting.name)` | ") }, "\(setting.name)")
            let written = row.split(separator: "|")[1].trimmingCharacters(in: .whitespaces)
            #expect(setting.parse(written) == setting.value(in: Limits()), "\(setting.name)")
        }
    }

    @Test func routesAndProjectsAreRead() async throws {
        let configuration = try await load(
            """
            providers:
              one: {base_url: "http://127.0.0.1:1/v1"}
            routes:
              gpt-4.1:
                order: weighted
                restart: true
                concurrency: 9
                targets:
                  main: {provider: one, model: "org/gpt-4.1", weight: 3, first_byte_time: 5s, requests_per_minute: 60}
                  spare: {provider: scripted, model: scripted}
              second:
                targets:
                  a: {provider: one, model: x}
            projects:
              team.a: {models: ["gpt-*", "second"]}
            """)
        #expect(configuration.routes.map(\.name) == ["gpt-4.1", "second"])
        let route = try #require(configuration.routes.first)
        #expect(route.order == .weighted && route.restarts && route.limits.concurrency == 9)
        #expect(route.targets.map(\.provider) == ["one", "scripted"])
        #expect(route.targets[0].model == "org/gpt-4.1" && route.targets[0].weight == 3)
        #expect(route.targets[0].firstByteTime == 5_000 && route.targets[0].limits.requestsPerMinute == 60)
        #expect(configuration.projectModels == ["team.a": ["gpt-*", "second"]])
    }

    @Test(arguments: [
        ("routes: {a: {order: ordered}}", "routes.a"), ("routes: {a: 5}", "routes.a"),
        ("routes: {a: {targets: {t: {provider: no, model: x}}}}", "routes.a.targets.t.provider"),
        ("routes: {a: {targets: {t: {provider: scripted}}}}", "routes.a.targets.t.model"),
        ("routes: {a: {targets: {t: {provider: scripted, model: x, wait: 1}}}}", "routes.a.targets.t.wait"),
        ("routes: {a: {targets: {t: {provider: scripted, model: x, weight: 0}}}}", "routes.a.targets.t.weight"),
        ("routes: {a: {order: random, targets: {t: {provider: scripted, model: x}}}}", "routes.a.order"),
        ("routes: {a: {attempts: 2, targets: {t: {provider: scripted, model: x}}}}", "routes.a.attempts"),
        ("projects: {a: {keys: 1}}", "projects.a.keys"),
    ])
    func wrongRoutesAreRefused(_ yaml: String, _ key: String) async {
        let error = await #expect(throws: ConfigurationError.self) { try await load(yaml) }
        #expect(error?.key == key, "\(error?.description ?? "")")
    }
}
