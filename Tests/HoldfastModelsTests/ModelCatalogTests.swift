import HoldfastCore
import HoldfastModels
import Testing

@Suite("Model catalog")
struct ModelCatalogTests {
    /// Answers with the model name that it was asked for.
    private struct NamedProvider: ModelProvider {
        var name: String

        func call(
            _ request: ModelRequest, emit: @escaping @Sendable (ModelPiece) -> Void
        ) async throws(ModelError) -> ModelAnswer {
            ModelAnswer(text: "\(name) \(request.model)", usage: TokenUsage(input: 3, output: 1))
        }
    }

    private let catalog = ModelCatalog(routes: [
        ModelRoute("gpt-*", provider: NamedProvider(name: "short")),
        ModelRoute("gpt-5-*", provider: NamedProvider(name: "long"), upstreamModel: "five"),
        ModelRoute("local/*", provider: NamedProvider(name: "local"), upstreamModel: "lab/*"),
        ModelRoute(
            "gpt-5-mini", provider: NamedProvider(name: "exact"), upstreamModel: "m",
            price: ModelPrice(input: 1_000_000, output: 5_000_000)),
        ModelRoute("gpt-5-mini", provider: NamedProvider(name: "late")),
        ModelRoute("scripted", provider: NamedProvider(name: "impostor")),
    ])

    private func ask(_ model: String) async throws -> ModelAnswer {
        try await catalog.call(ModelRequest(model: model, context: [.user([.text("say hi")])])) { _ in }
    }

    @Test(
        "the closest route answers",
        arguments: [
            ("gpt-4", "short gpt-4"), ("gpt-5-x", "long five"), ("gpt-5-mini", "exact m"),
            ("local/a/b", "local lab/a/b"),
            ("scripted", "hi"),
        ])
    func routing(model: String, text: String) async throws {
        #expect(try await ask(model).text == text)
        #expect(catalog.provider(for: model) != nil)
    }

    @Test("an unknown model is not found")
    func unknown() async {
        let error = await #expect(throws: ModelError.self) { try await ask("claude") }
        #expect(error?.code == .notFound)
        #expect(error?.isRetryable == false)
        #expect(catalog.provider(for: "claude") == nil)
    }

    @Test("names are the exact ones, once each")
    func names() {
        #expect(catalog.names == ["scripted", "improv", "gpt-5-mini"])
        #expect(ModelCatalog().names == ["scripted", "improv"])
        #expect(ModelCatalog(scripted: nil, improv: nil).names.isEmpty)
        #expect(ModelCatalog(scripted: nil).provider(for: "scripted") == nil)
    }

    @Test("a route's price counts")
    func prices() async throws {
        #expect(try await ask("gpt-5-mini").cost == 8)
        #expect(catalog.hasPrice("gpt-5-mini"))
        #expect(catalog.hasPrice("scripted"))
        #expect(!catalog.hasPrice("gpt-4"))
        #expect(!catalog.hasPrice("claude"))
    }

    @Test("a cost rounds up and never overflows")
    func rounding() {
        let price = ModelPrice(input: 100_000, cachedInput: 10_000, output: 400_000)
        #expect(price.cost(of: TokenUsage(input: 1)) == 1)
        #expect(price.cost(of: TokenUsage()) == 0)
        #expect(price.cost(of: TokenUsage(input: 1_000_000, cached: 500_000, output: 100)) == 55_040)
        let most = ModelPrice(input: .max, output: .max)
        #expect(most.cost(of: TokenUsage(input: .max, output: .max)) == .max)
    }
}
