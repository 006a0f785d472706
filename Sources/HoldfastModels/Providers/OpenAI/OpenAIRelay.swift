import AsyncHTTPClient
import HoldfastCore
import NIOCore
import NIOHTTP1

/// Passes requests through, within the time limits of the provider.
extension OpenAIExchange {
    func relay(
        _ operation: InferenceOperation, _ body: ByteBuffer
    ) async throws(ModelError) -> RelayedAnswer {
        let watchdog = Watchdog(first: limits.modelFirstByteTime, idle: limits.modelIdleTime)
        let outcome = await watchdog.guarding { () async -> Result<HTTPClientResponse, ModelError> in
            do {
                return .success(try await client.execute(httpRequest(operation, body), deadline: .distantFuture))
            } catch {
                return .failure(OpenAIFailure.transport(error, host: host))
            }
        }
        switch outcome {
        case .finished(.success(let response)): return try await answer(response)
        case .finished(.failure(let error)): throw error
        case .expired(let limit, let phase): throw silence(limit, phase)
        }
    }

    private func answer(_ response: HTTPClientResponse) async throws(ModelError) -> RelayedAnswer {
        let status = Int(response.status.code)
        // A refused key is the operator's matter: the client's own was right.
        if status == 401 || status == 403 {
            throw ModelError(.authentication, "\(host) refused this server's key", isRetryable: false)
        }
        let retryAfter = RetryAfter.read(response.headers).map { Int(($0 + 999) / 1_000) }
        let limits = limits
        return RelayedAnswer(
            status: status, contentType: response.headers.first(name: "content-type") ?? "application/json",
            retryAfter: retryAfter
        ) { take in
            let watchdog = Watchdog(first: limits.modelIdleTime, idle: limits.modelIdleTime)
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
            case .expired(let limit, let phase): throw silence(limit, phase)
            }
        }
    }

    private func silence(_ limit: Milliseconds, _ phase: String) -> ModelError {
        ModelError(.timeout, "\(host) sent nothing for \(limit) ms (\(phase))", isRetryable: true)
    }
}
