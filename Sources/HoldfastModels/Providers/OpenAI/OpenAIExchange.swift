import AsyncHTTPClient
import HoldfastCore
import Logging
import NIOCore
import NIOHTTP1

/// Exchanges with a Chat Completions server.
struct OpenAIExchange: Sendable {
    let http: StreamedExchange
    let address: OpenAIAddress

    var host: String { http.host }
    var limits: Limits { http.limits }

    /// Sends the body of a streamed request and reads the answer.
    func run(
        _ body: [UInt8], model: String, emit: @escaping @Sendable (ModelPiece) -> Void
    ) async throws(ModelError) -> OpenAIAnswer {
        let url = address.url(.chatCompletions, model: model)
        return try await http.run(
            httpRequest(url, ByteBuffer(bytes: body)), reader: OpenAIAnswerReader(limits: limits),
            failure: OpenAIFailure.http, emit: emit)
    }

    func httpRequest(_ url: String, _ body: ByteBuffer) -> HTTPClientRequest {
        http.post(url, accept: "application/json, text/event-stream", body)
    }
}

/// Where the operations of a server are.
enum OpenAIAddress: Sendable, Equatable {
    /// Below one URL.
    case base(String)
    /// Below a URL for each deployment, which has the model's name; with the version in the query.
    case deployments(String, apiVersion: String)

    /// The URL of an operation on a model.
    func url(_ operation: InferenceOperation, model: String) -> String {
        switch self {
        case .base(let base): base + operation.rawValue
        case .deployments(let base, let version):
            base + PercentEncoding.encoded(model) + operation.rawValue + "?api-version=" + version
        }
    }

    /// The URL for a request that is passed on.
    func url(_ operation: InferenceOperation, body: ByteBuffer) -> String {
        guard case .deployments = self else { return url(operation, model: "") }
        let bytes = Array(body.readableBytesView)
        let place = (try? JSONMembers(bytes))?["model"]
        let model = place.flatMap { try? JSONParser.parse(Array(bytes[$0])) }?.string
        return url(operation, model: model ?? "")
    }
}

/// Reads a Chat Completions stream.
private struct OpenAIAnswerReader: AnswerReader {
    static let isStream = true

    private var splitter: EventStreamSplitter
    private var assembler: OpenAIAnswerAssembler

    init(limits: Limits) {
        splitter = EventStreamSplitter(maximumEvent: 2 * limits.modelOutput)
        assembler = OpenAIAnswerAssembler(limits: limits)
    }

    var isDone: Bool { assembler.isDone }
    var isComplete: Bool { assembler.isComplete }

    mutating func take(_ chunk: ByteBuffer, emit: (ModelPiece) -> Void) throws(ModelError) {
        splitter.append(chunk)
        while let data = try splitter.next() { try assembler.take(data, emit: emit) }
    }

    mutating func end(emit: (ModelPiece) -> Void) throws(ModelError) {
        if let data = try splitter.rest() { try assembler.take(data, mayBeCut: true, emit: emit) }
    }

    func answer(from host: String) -> Result<OpenAIAnswer, ModelError> { assembler.answer(from: host) }
}
