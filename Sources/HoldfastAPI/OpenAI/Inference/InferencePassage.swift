import HTTPTypes
import HoldfastCore
import HoldfastModels
import Hummingbird
import NIOCore

/// The way of one stateless request to its model, for as long as the client is there.
struct InferencePassage: Sendable {
    let context: APIContext

    /// Runs one attempt.
    func attempt<Value: Sendable>(
        _ body: @escaping @Sendable () async throws(ModelError) -> Value
    ) async throws -> Value {
        do {
            return try await RequestGuard.whileConnected(context.channel) { try await body() }
        } catch let error as ModelError {
            throw APIError(error)
        }
    }

    /// Passes a request on, and the answer back as it comes.
    func relay(
        _ operation: InferenceOperation, _ body: [UInt8], over relay: any InferenceRelay, _ limits: Limits
    ) async throws -> Response {
        let answer = try await attempt { () async throws(ModelError) in
            try await relay.relay(operation, ByteBuffer(bytes: body))
        }
        var headers: HTTPFields = [.contentType: answer.contentType]
        if let retryAfter = answer.retryAfter { headers[.retryAfter] = String(retryAfter) }
        let isEvents = answer.contentType.hasPrefix("text/event-stream")
        let body = operation == .responses && isEvents ? eventBody(answer.body, limits) : responseBody(answer.body)
        return Response(status: .init(code: answer.status), headers: headers, body: body)
    }

    /// The events of a response, which end as such a stream must, whatever the upstream does.
    private func eventBody(_ body: RelayedAnswer.Body, _ limits: Limits) -> ResponseBody {
        let channel = context.channel
        return ResponseBody { writer in
            let output = ResponseOutput(writer)
            try await RequestGuard.whileConnected(channel) {
                let relay = ResponseRelay(maximumEvent: 2 * limits.modelOutput)
                do {
                    switch body {
                    case .whole(let bytes): try await output.write(try relay.take(bytes))
                    case .stream(let read):
                        try await read { bytes in
                            let events = try relay.take(bytes)
                            if events.readableBytes > 0 { try await output.write(events) }
                        }
                    }
                    try await output.write(relay.end(nil))
                } catch let error as ModelError {
                    try await output.write(relay.end(error))
                }
                try await output.finish()
            }
        }
    }

    private func responseBody(_ body: RelayedAnswer.Body) -> ResponseBody {
        switch body {
        case .whole(let bytes): return ResponseBody(byteBuffer: bytes)
        case .stream(let read):
            let channel = context.channel
            return ResponseBody { writer in
                let output = ResponseOutput(writer)
                try await RequestGuard.whileConnected(channel) {
                    try await read { try await output.write($0) }
                    try await output.finish()
                }
            }
        }
    }
}
