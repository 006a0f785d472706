import Testing

@testable import HoldfastModels

@Suite("Where Bedrock is")
struct BedrockConfigurationTests {
    static let cases: [(BedrockConfiguration.Dialect, String?, String, String)] = [
        (.converse(isStreamed: true), nil, "https://bedrock-runtime.eu-west-1.amazonaws.com", "bedrock"),
        (.openAI, nil, "https://bedrock-runtime.eu-west-1.amazonaws.com/openai/v1", "bedrock"),
        (
            .openAI, "https://bedrock-mantle.eu-west-1.api.aws/openai/v1/",
            "https://bedrock-mantle.eu-west-1.api.aws/openai/v1", "bedrock-mantle"
        ),
        (.converse(isStreamed: false), "http://localhost:1", "http://localhost:1", "bedrock"),
    ]

    @Test("URLs and signing names", arguments: cases)
    func urls(
        dialect: BedrockConfiguration.Dialect, url: String?, base: String, service: String
    ) throws {
        let configuration = BedrockConfiguration(
            region: "eu-west-1", baseURL: url, access: .bearer(.environment("X")), dialect: dialect)
        #expect(try configuration.endpoint.base == base)
        #expect(configuration.signingName == service)
    }

    @Test("the path that is signed is the path that is sent")
    func path() throws {
        let endpoint = try Endpoint("https://h.example:8/openai/v1/")
        #expect(endpoint.host == "h.example:8")
        #expect(endpoint.path(of: endpoint.base + "/a%3Ab?q=1") == "/openai/v1/a%3Ab")
    }
}
