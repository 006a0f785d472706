import AsyncHTTPClient
import HoldfastCore
import NIOCore
import NIOHTTP1

/// One streamed exchange with a Responses server, within its time limits.
extension OpenAIExchange {
    /// Sends a request body and reads the answer.
    func run(
        _ body: ResponsesRequestBody, emit: @escaping @Sendable (ModelPiece) -> Void
    ) async throws(ModelError) -> ResponsesAnswer {
        let bytes = ByteBuffer(bytes: JSONWriter.bytes(body))
        return try await guarded { watchdog in
            await readResponse(httpRequest(.responses, bytes), watchdog: watchdog, emit: emit)
        }
    }

    private func readResponse(
        _ request: HTTPClientRequest, watchdog: Watchdog, emit: @escaping @Sendable (ModelPiece) -> Void
    ) async -> Result<ResponsesAnswer, ModelError> {
        var assembler = ResponsesAssembler(limits: limits, emit: emit)
        do {
            // The watchdog bounds the time, with a limit for each phase.
            let response = try await client.execute(request, deadline: .distantFuture)
            guard 200..<300 ~= response.status.code else {
                return .failure(try await failure(of: response, watchdog: watchdog))
            }
            if response.headers.first(name: "content-type")?.hasPrefix("application/json") == true {
                try await readWhole(response, into: &assembler, watchdog: watchdog)
                return assembler.answer(from: host)
            }
            var splitter = EventStreamSplitter(maximumEvent: 2 * limits.modelOutput)
            for try await chunk in response.body {
                // Read to the end, so that the connection can be used again.
                if assembler.isComplete { continue }
                watchdog.touch()
                splitter.append(chunk)
                while let data = try splitter.next() { try assembler.take(data) }
                if assembler.isComplete { watchdog.finishSoon() }
            }
            if let data = try splitter.rest() { try assembler.take(data, mayBeCut: true) }
        } catch let error as ModelError {
            return .failure(error)
        } catch {
            // What breaks after the last piece of the answer does not take the answer away.
            guard assembler.isComplete else { return .failure(OpenAIFailure.transport(error, host: host)) }
        }
        return assembler.answer(from: host)
    }

    /// A server that did not stream: an error under a good status, or the whole response.
    private func readWhole(
        _ response: HTTPClientResponse, into assembler: inout ResponsesAssembler, watchdog: Watchdog
    ) async throws {
        var body: [UInt8] = []
        for try await chunk in response.body {
            watchdog.touch()
            body.append(contentsOf: chunk.readableBytesView)
            guard body.count <= 2 * limits.modelOutput else {
                throw ModelError(.server, "the answer is larger than \(limits.modelOutput) bytes", isRetryable: false)
            }
        }
        try assembler.take(whole: body)
    }
}
