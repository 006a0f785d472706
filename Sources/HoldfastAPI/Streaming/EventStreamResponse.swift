import HTTPTypes
import HoldfastCore
import HoldfastRuntime
import Hummingbird
import NIOCore

/// A session's events as server-sent events (WHATWG HTML, section 9.2): `id` is the event id, `event` its type, `data`
/// one line of JSON.
struct EventStreamResponse {
    let stream: SessionStream
    /// Whether events carry random padding, so that their size says little about their text.
    let isObfuscated: Bool

    /// The response; it ends when the stream ends, when the client leaves, or when the server stops.
    func response(to context: APIContext) -> Response {
        let headers: HTTPFields = [
            .contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-cache",
            HTTPField.Name("x-accel-buffering")!: "no",
        ]
        let box = StreamBox(stream)
        let isObfuscated = isObfuscated
        RequestGuard.onLeave(of: context.channel) { box.stream.end() }
        let body = ResponseBody { writer in try await Self.write(box, isObfuscated, to: &writer) }
        return Response(status: .ok, headers: headers, body: body)
    }

    @concurrent private static func write(
        _ box: StreamBox, _ isObfuscated: Bool, to writer: inout any ResponseBodyWriter
    ) async throws {
        try await writer.write(ByteBuffer(string: ": ok\n"))
        while !Task.isCancelled {
            switch try await box.stream.next() {
            case .frames(let frames):
                try await writer.write(Self.buffer(frames, isObfuscated))
            // One line only: after a blank one, some clients see an event without data.
            case .keepAlive: try await writer.write(ByteBuffer(string: ": keep-alive\n"))
            case .ended: return try await writer.finish(nil)
            }
        }
    }

    @inline(never)
    private static func buffer(_ frames: [StreamFrame], _ isObfuscated: Bool) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(frames.reduce(0) { $0 + $1.openData.count + 160 })
        for frame in frames { append(frame, isObfuscated, to: &buffer) }
        return buffer
    }

    private static func append(_ frame: StreamFrame, _ isObfuscated: Bool, to buffer: inout ByteBuffer) {
        buffer.writeString("id: ")
        buffer.writeString(frame.id)
        buffer.writeString("\nevent: ")
        buffer.writeString(frame.name)
        buffer.writeString("\ndata: ")
        buffer.writeBytes(frame.openData)
        if isObfuscated {
            var generator = SystemRandomNumberGenerator()
            buffer.writeString(",\"obfuscation\":\"")
            buffer.writeString(Base32.encode(generator.next(), count: Int.random(in: 1...12, using: &generator)))
            buffer.writeString("\"")
        }
        buffer.writeString("}\n\n")
    }
}

/// Carries a stream into the one task that reads it.
///
/// `@unchecked Sendable`: the response body's closure is called once, by one task, and nothing else has the stream.
private final class StreamBox: @unchecked Sendable {
    let stream: SessionStream

    init(_ stream: SessionStream) { self.stream = stream }
}
