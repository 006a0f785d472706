import HTTPTypes
import HoldfastCore
import Hummingbird
import NIOCore

/// A response's events as server-sent events. The last one is `response.completed`, `.incomplete` or `.failed`, or, when
/// the server stops before that, `error`; then comes `data: [DONE]`.
struct ResponseStream {
    let events: ResponseEvents
    let isObfuscated: Bool

    func response(_ context: APIContext) -> Response {
        let headers: HTTPFields = [
            .contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-cache",
            HTTPField.Name("x-accel-buffering")!: "no",
        ]
        RequestGuard.onLeave(of: context.channel) { [events] in events.end() }
        let (events, isObfuscated) = (events, isObfuscated)
        let body = ResponseBody { writer in try await Self.write(events, isObfuscated, to: &writer) }
        return Response(status: .ok, headers: headers, body: body)
    }

    @concurrent private static func write(
        _ events: ResponseEvents, _ isObfuscated: Bool, to writer: inout any ResponseBodyWriter
    ) async throws {
        while !Task.isCancelled {
            switch try await events.nextStep() {
            case .events(let new):
                guard !new.isEmpty else { continue }
                try await writer.write(buffer(new, isObfuscated))
            case .keepAlive: try await writer.write(ByteBuffer(string: ": keep-alive\n"))
            case .ended:
                if !events.isTerminated { try await writer.write(interruption(events.number)) }
                try await writer.write(ByteBuffer(string: "data: [DONE]\n\n"))
                return try await writer.finish(nil)
            }
        }
    }

    private static func buffer(_ events: [ResponseEvents.Event], _ isObfuscated: Bool) -> ByteBuffer {
        var buffer = ByteBuffer()
        for event in events {
            buffer.writeString("event: \(event.name)\ndata: ")
            buffer.writeBytes(event.data(isObfuscated: isObfuscated))
            buffer.writeString("\n\n")
        }
        return buffer
    }

    /// The stream ends before the response does.
    private static func interruption(_ number: Int) -> ByteBuffer {
        let data = JSONWriter.text(ResponseInterruption(number: number))
        return ByteBuffer(string: "event: error\ndata: \(data)\n\n")
    }
}

/// Says that a stream ends although its response goes on, or is gone.
struct ResponseInterruption: JSONWritable {
    let number: Int

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("type", "error")
            writer.member("code", "stream_interrupted")
            writer.member(
                "message",
                "The stream ended before the response did. A stored response goes on: retrieve it, or stream it with starting_after."
            )
            writer.member("param", JSON.null)
            writer.member("sequence_number", number)
        }
    }
}
