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
        var whole: ByteBuffer?
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
                watchdog.touch()
                let length = response.headers.first(name: "content-length").flatMap(Int.init)
                guard let length, length <= Self.wholeBody else { return .success(Head(response: response)) }
                return .success(Head(response: response, whole: try await response.body.collect(upTo: length)))
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
            body: head.whole.map { .whole($0) } ?? .stream { take in try await read(response, take) })
    }

    private func read(
        _ response: HTTPClientResponse, _ take: @escaping @Sendable (ByteBuffer) async throws -> Void
    ) async throws {
        let watchdog = Watchdog(
            first: limits.modelIdleTime, idle: limits.modelIdleTime, on: http.client.eventLoopGroup.any())
        let outcome = await watchdog.guarding { () async -> Result<Void, any Error> in
            do {
                for try await chunk in response.body {
                    watchdog.touch()
                    try await take(chunk)
                    // The time that the client took is not the upstream's.
                    watchdog.touch()
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
