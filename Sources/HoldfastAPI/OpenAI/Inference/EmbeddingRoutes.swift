import HoldfastCore
import HoldfastModels
import HoldfastStore
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
        let route = try services.route(of: envelope, context).filtered {
            $0.relay(for: .embeddings) != nil || $0.provider is any EmbeddingProvider
        }
        guard !route.targets.isEmpty else {
            throw APIError.unsupported("model", "The model '\(envelope.model)' makes no embeddings.")
        }
        var translated: EmbeddingTranslation?
        if route.targets.contains(where: { $0.relay(for: .embeddings) == nil }) {
            let fields = try Request.fields(of: bytes, services.limits)
            translated = EmbeddingTranslation(
                request: try EmbeddingRequest(fields, model: envelope.model, services.limits), model: envelope.model,
                isBase64: try fields.choice("encoding_format", ["float", "base64"]) == "base64")
        }
        let book = InferenceBook(services, context, .embeddings, envelope)
        return try await InferencePassage(
            limits: services.limits, operation: .embeddings, envelope: envelope,
            translated: translated.map { .embeddings($0) }, book: book,
            context: context
        ).response(route)
    }
}

/// A request for models that do not speak OpenAI's dialect themselves, and how their vectors are written.
struct EmbeddingTranslation: Sendable {
    let request: EmbeddingRequest
    /// The model as the client named it.
    let model: String
    let isBase64: Bool
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
