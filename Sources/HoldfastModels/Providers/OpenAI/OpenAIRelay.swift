import AsyncHTTPClient
import HoldfastCore
import NIOCore
import NIOHTTP1

/// Passes requests through, within the time limits of the provider.
extension OpenAIExchange {
    /// A body up to this size, when its size is known, is read before the answer goes on: one write instead of three.
    private static let wholeBody = 256 << 10

    private struct Head: Sendable {
        var response: HTTPClientResponse
        /// The first piece of the body, and the rest; all of it when `rest` is `nil`.
        var first: ByteBuffer
        var rest: Rest?
    }

    /// The rest of a body, for one reader after the other.
    ///
    /// `@unchecked Sendable`: whoever read the first piece has returned when the body's reader begins.
    private final class Rest: @unchecked Sendable {
        private var iterator: HTTPClientResponse.Body.AsyncIterator

        init(_ body: HTTPClientResponse.Body) { iterator = body.makeAsyncIterator() }

        func next() async throws -> ByteBuffer? { try await iterator.next() }
    }

    func relay(
        _ operation: InferenceOperation, _ body: ByteBuffer
    ) async throws(ModelError) -> RelayedAnswer {
        let watchdog = Watchdog(
            first: limits.modelFirstByteTime, idle: limits.modelIdleTime, on: http.client.eventLoopGroup.any())
        let request = httpRequest(address.url(operation, body: body), body)
        let outcome = await watchdog.guarding { () async -> Result<Head, ModelError> in
            do {
                let response = try await http.client.execute(request, deadline: .distantFuture)
                let length = response.headers.first(name: "content-length").flatMap(Int.init)
                if let length, length <= Self.wholeBody {
                    watchdog.touch()
                    return .success(Head(response: response, first: try await response.body.collect(upTo: length)))
                }
                // A head alone is no sign of life: gateways send one before the model behind them has said anything.
                let rest = Rest(response.body)
                guard let first = try await rest.next() else {
                    return .success(Head(response: response, first: ByteBuffer()))
                }
                return .success(Head(response: response, first: first, rest: rest))
            } catch {
                return .failure(TransportFailure.error(error, host: host))
            }
        }
        switch outcome {
        case .finished(.success(let head)): return try answer(head)
        case .finished(.failure(let error)): throw error
        case .expired(let limit, let phase): throw http.silence(limit, phase)
        }
    }

    private func answer(_ head: Head) throws(ModelError) -> RelayedAnswer {
        let response = head.response
        let status = Int(response.status.code)
        // A refused key is the operator's matter: the client's own was right.
        if status == 401 || status == 403 {
            throw ModelError(.authentication, "\(host) refused this server's key", isRetryable: false)
        }
        return RelayedAnswer(
            status: status, contentType: response.headers.first(name: "content-type") ?? "application/json",
            retryAfter: RetryAfter.read(response.headers).map(RetryAfter.wholeSeconds),
            body: head.rest.map { rest in .stream { take in try await read(head.first, rest, take) } }
                ?? .whole(head.first))
    }

    private func read(
        _ first: ByteBuffer, _ rest: Rest, _ take: @escaping @Sendable (ByteBuffer) async throws -> Void
    ) async throws {
        let watchdog = Watchdog(
            first: limits.modelIdleTime, idle: limits.modelIdleTime, on: http.client.eventLoopGroup.any())
        let outcome = await watchdog.guarding { () async -> Result<Void, any Error> in
            do {
                var chunk: ByteBuffer? = first
                while let piece = chunk {
                    watchdog.touch()
                    try await take(piece)
                    // The time that the client took is not the upstream's.
                    watchdog.touch()
                    do {
                        chunk = try await rest.next()
                    } catch {
                        return .failure(TransportFailure.error(error, host: host))
                    }
                }
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        switch outcome {
        case .finished(let result): try result.get()
        case .expired(let limit, let phase): throw http.silence(limit, phase)
        }
    }
}
