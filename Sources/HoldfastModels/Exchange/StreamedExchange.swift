import AsyncHTTPClient
import HoldfastCore
import NIOCore
import NIOHTTP1

/// Streamed HTTP exchanges with one provider, within time limits and bounds.
struct StreamedExchange: Sendable {
    /// An error body is read up to here.
    private static let maximumErrorBody = 64 << 10
    /// The longest error message that is passed on.
    private static let maximumMessage = 500
    /// How many bytes of a body a byte of an answer may take: one token of text comes in an event of its own.
    private static let overhead = 64

    let client: HTTPClient
    let endpoint: Endpoint
    let authorization: Authorization
    let limits: Limits

    var host: String { endpoint.host }

    /// A request that is complete but for what its dialect adds.
    func post(_ url: String, accept: String, fields: [(String, String)] = [], _ body: ByteBuffer) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.headers.add(name: "accept", value: accept)
        request.headers.add(name: "user-agent", value: "holdfast")
        for (name, value) in fields { request.headers.add(name: name, value: value) }
        request.body = .bytes(body)
        authorization.apply(to: &request, at: endpoint, body: body)
        return request
    }

    /// Sends a request and reads the answer.
    /// - Parameter failure: says what a response that is no answer means.
    func run<Reader: AnswerReader>(
        _ request: HTTPClientRequest, reader: Reader,
        failure: @escaping @Sendable (ErrorResponse) -> ModelError,
        emit: @escaping @Sendable (ModelPiece) -> Void
    ) async throws(ModelError) -> Reader.Answer {
        let watchdog = Watchdog(
            first: limits.modelFirstByteTime, idle: limits.modelIdleTime, on: client.eventLoopGroup.any())
        let outcome = await watchdog.guarding { () async -> Result<Reader.Answer, ModelError> in
            await read(request, into: reader, watchdog: watchdog, failure: failure, emit: emit)
        }
        switch outcome {
        case .finished(.success(let answer)): return answer
        case .finished(.failure(var error)):
            // First without the key, then cut: a cut key would not be found.
            error.message = String(authorization.redacted(error.message).prefix(Self.maximumMessage))
            throw error
        case .expired(let limit, let phase): throw silence(limit, phase)
        }
    }

    func silence(_ limit: Milliseconds, _ phase: String) -> ModelError {
        ModelError(.timeout, "\(host) sent nothing for \(limit) ms (\(phase))", isRetryable: true)
    }

    private func read<Reader: AnswerReader>(
        _ request: HTTPClientRequest, into reader: Reader, watchdog: Watchdog,
        failure: (ErrorResponse) -> ModelError, emit: @escaping @Sendable (ModelPiece) -> Void
    ) async -> Result<Reader.Answer, ModelError> {
        var reader = reader
        do {
            // The watchdog bounds the time, with a limit for each phase.
            let response = try await client.execute(request, deadline: .distantFuture)
            guard 200..<300 ~= response.status.code, !(Reader.isStream && Self.isJSON(response)) else {
                return .failure(failure(try await errorResponse(response, watchdog: watchdog)))
            }
            var received = 0
            for try await chunk in response.body {
                // Read to the end, so that the connection can be used again.
                if reader.isDone { continue }
                watchdog.touch()
                received += chunk.readableBytes
                guard received / Self.overhead <= limits.modelOutput else { throw tooLarge }
                try reader.take(chunk, emit: emit)
                if reader.isDone {
                    guard reader.isComplete else { break }
                    watchdog.finishSoon()
                }
            }
            try reader.end(emit: emit)
        } catch let error as ModelError {
            return .failure(error)
        } catch {
            // What breaks after the last piece of the answer does not take the answer away.
            guard reader.isComplete else { return .failure(TransportFailure.error(error, host: host)) }
        }
        return reader.answer(from: host)
    }

    private static func isJSON(_ response: HTTPClientResponse) -> Bool {
        response.headers.first(name: "content-type")?.hasPrefix("application/json") == true
    }

    private var tooLarge: ModelError {
        let bytes = limits.modelOutput * Self.overhead
        return ModelError(.server, "\(host) sent more than \(bytes) bytes for one answer", isRetryable: false)
    }

    private func errorResponse(_ response: HTTPClientResponse, watchdog: Watchdog) async throws -> ErrorResponse {
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
        return ErrorResponse(status: Int(response.status.code), headers: response.headers, body: body)
    }
}
