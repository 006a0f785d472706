import AsyncHTTPClient
import HoldfastCore
import Logging
import NIOCore
import NIOHTTP1

/// One streamed HTTP exchange with a Chat Completions server, within its time limits.
struct OpenAIExchange: Sendable {
    /// An error body is read up to here.
    private static let maximumErrorBody = 64 << 10
    /// The longest error message that is passed on.
    private static let maximumMessage = 500

    let client: HTTPClient
    /// The URL below which the operations are.
    let base: String
    let host: String
    let key: Secret?
    let limits: Limits

    /// Reads the API key; warns where it would travel in the open.
    init(
        _ configuration: OpenAIConfiguration, client: HTTPClient, limits: Limits, logger: Logger
    ) throws(ModelConfigurationError) {
        let endpoint = try configuration.endpoint()
        self.client = client
        base = endpoint.base
        host = endpoint.host
        key = try configuration.apiKey?.resolve()
        self.limits = limits
        if key != nil, base.hasPrefix("http://"), !endpoint.isLoopback {
            logger.warning("the API key travels unencrypted: use https", metadata: ["host": "\(host)"])
        }
    }

    /// Sends a request body and reads the answer.
    func run(
        _ body: [UInt8], emit: @escaping @Sendable (ModelPiece) -> Void
    ) async throws(ModelError) -> OpenAIAnswer {
        try await guarded { watchdog in
            await read(httpRequest(.chatCompletions, ByteBuffer(bytes: body)), watchdog: watchdog, emit: emit)
        }
    }

    /// Runs an exchange within the time limits; its error shows no key.
    func guarded<Answer: Sendable>(
        _ exchange: @escaping @Sendable (Watchdog) async -> Result<Answer, ModelError>
    ) async throws(ModelError) -> Answer {
        let watchdog = Watchdog(
            first: limits.modelFirstByteTime, idle: limits.modelIdleTime, on: client.eventLoopGroup.any())
        switch await watchdog.guarding({ await exchange(watchdog) }) {
        case .finished(.success(let answer)): return answer
        case .finished(.failure(var error)):
            // First without the key, then cut: a cut key would not be found.
            let message = key?.redacted(from: error.message) ?? error.message
            error.message = String(message.prefix(Self.maximumMessage))
            throw error
        case .expired(let limit, let phase):
            throw ModelError(.timeout, "\(host) sent nothing for \(limit) ms (\(phase))", isRetryable: true)
        }
    }

    func httpRequest(_ operation: InferenceOperation, _ body: ByteBuffer) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: base + operation.rawValue)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.headers.add(name: "accept", value: "application/json, text/event-stream")
        request.headers.add(name: "user-agent", value: "holdfast")
        if let key { request.headers.add(name: "authorization", value: "Bearer \(key.value)") }
        request.body = .bytes(body)
        return request
    }

    private func read(
        _ request: HTTPClientRequest, watchdog: Watchdog, emit: @escaping @Sendable (ModelPiece) -> Void
    ) async -> Result<OpenAIAnswer, ModelError> {
        var assembler = OpenAIAnswerAssembler(limits: limits)
        do {
            // The watchdog bounds the time, with a limit for each phase.
            let response = try await client.execute(request, deadline: .distantFuture)
            guard 200..<300 ~= response.status.code else {
                return .failure(try await failure(of: response, watchdog: watchdog))
            }
            var splitter = EventStreamSplitter(maximumEvent: 2 * limits.modelOutput)
            for try await chunk in response.body {
                // Read to the end, so that the connection can be used again.
                if assembler.isDone { continue }
                watchdog.touch()
                splitter.append(chunk)
                while let data = try splitter.next() { try assembler.take(data, emit: emit) }
                if assembler.isDone {
                    guard assembler.isComplete else { break }
                    watchdog.finishSoon()
                }
            }
            if let data = try splitter.rest() { try assembler.take(data, mayBeCut: true, emit: emit) }
        } catch let error as ModelError {
            return .failure(error)
        } catch {
            // What breaks after the last piece of the answer does not take the answer away.
            guard assembler.isComplete else { return .failure(OpenAIFailure.transport(error, host: host)) }
        }
        return assembler.answer(from: host)
    }

    func failure(of response: HTTPClientResponse, watchdog: Watchdog) async throws -> ModelError {
        var body: [UInt8] = []
        do {
            for try await chunk in response.body {
                watchdog.touch()
                body.append(contentsOf: chunk.readableBytesView.prefix(Self.maximumErrorBody - body.count))
                if body.count >= Self.maximumErrorBody { break }
            }
        } catch {
            // The status says enough when its body is cut off, but a cancel is a cancel.
            if Task.isCancelled { throw error }
        }
        return OpenAIFailure.http(status: Int(response.status.code), headers: response.headers, body: body)
    }
}
