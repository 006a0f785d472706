import HoldfastCore
import HoldfastModels
import Hummingbird

/// `/embeddings`: vectors for texts, of which nothing is kept.
struct EmbeddingRoutes: Sendable {
    let services: APIServices

    func add(to group: RouterGroup<APIContext>) {
        group.serve(.post, "embeddings", create)
    }

    @Sendable private func create(_ request: Request, _ context: APIContext) async throws -> Response {
        let bytes = try await request.bodyBytes(services.limits)
        let envelope = try InferenceEnvelope(bytes, limits: services.limits)
        let (provider, upstream) = try services.provider(of: envelope)
        let passage = InferencePassage(context: context)
        if let relay = provider as? any InferenceRelay {
            return try await passage.relay(.embeddings, envelope.body(model: upstream), over: relay)
        }
        guard let provider = provider as? any EmbeddingProvider else {
            throw APIError.unsupported("model", "The model '\(envelope.model)' makes no embeddings.")
        }
        let fields = try Request.fields(of: bytes, services.limits)
        let isBase64 = try fields.choice("encoding_format", ["float", "base64"]) == "base64"
        let call = try EmbeddingRequest(fields, model: upstream, services.limits)
        let answer = try await passage.attempt { () async throws(ModelError) in try await provider.embed(call) }
        return .json(EmbeddingList(model: envelope.model, answer: answer, isBase64: isBase64))
    }
}

extension EmbeddingRequest {
    /// Reads a request in OpenAI's words.
    fileprivate init(_ fields: Fields, model: String, _ limits: Limits) throws(APIError) {
        guard let input = fields.value("input") else { throw .missing("input") }
        let dimensions = try fields.integer("dimensions", in: 1...Int64(limits.embeddingDimensions))
        if case .string(let text) = input {
            self.init(model: model, inputs: [try Self.text(text, "input")], dimensions: dimensions)
            return
        }
        guard let elements = input.array else {
            throw fields.wrongType("input", input, "a string or an array")
        }
        guard !elements.isEmpty else { throw .invalid("input", "'input' must not be empty.") }
        if elements.allSatisfy({ $0.integer != nil }) {
            self.init(model: model, inputs: [try Self.tokens(elements, "input")], dimensions: dimensions)
            return
        }
        var inputs: [Input] = []
        for (index, element) in try fields.array("input", limit: limits.embeddingInputs)?.enumerated()
            ?? [].enumerated()
        {
            let param = "input[\(index)]"
            switch element {
            case .string(let text): inputs.append(try Self.text(text, param))
            case .array(let tokens): inputs.append(try Self.tokens(tokens, param))
            default: throw fields.wrongType(param, element, "a string or an array of integers")
            }
        }
        self.init(model: model, inputs: inputs, dimensions: dimensions)
    }

    private static func text(_ text: String, _ param: String) throws(APIError) -> Input {
        guard !text.isEmpty else { throw .invalid(param, "'\(param)' must not be empty.") }
        return .text(text)
    }

    private static func tokens(_ elements: [JSON], _ param: String) throws(APIError) -> Input {
        let tokens = elements.compactMap { $0.integer.flatMap { Int(exactly: $0) } }
        guard tokens.count == elements.count else {
            throw .invalid(param, "'\(param)' must be an array of integers.", code: "invalid_type")
        }
        guard !tokens.isEmpty else { throw .invalid(param, "'\(param)' must not be empty.") }
        return .tokens(tokens)
    }
}
