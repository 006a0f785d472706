import HTTPTypes
import HoldfastCore

extension APIOperation {
    /// See `ChatRoutes`, `EmbeddingRoutes` and `ModelRoutes`. What a provider that speaks this dialect itself answers is
    /// passed on as it is.
    static func inference(_ limits: Limits) -> [APIOperation] {
        [
            APIOperation(
                method: .post, path: "/chat/completions", id: "createChatCompletion", summary: "Make a completion.",
                body: Schema.ref("ChatCompletionCreate"), answer: Schema.ref("ChatCompletion"), streams: .onRequest,
                // Only with `store`.
                errors: [404, 429], isKept: false),
            APIOperation(
                method: .post, path: "/embeddings", id: "createEmbedding", summary: "Make embeddings.",
                body: Schema.ref("EmbeddingCreate"), answer: Schema.ref("Embeddings"), errors: [404, 429]),
            APIOperation(
                method: .get, path: "/models", id: "listModels", summary: "List the configured models.",
                answer: Schema.answer(["object": Schema.const("list"), "data": Schema.array(of: Schema.ref("Model"))])),
            APIOperation(
                method: .get, path: "/models/{model}", id: "retrieveModel",
                summary: "Retrieve a model; its name may have slashes.", answer: Schema.ref("Model")),
        ]
    }
}
