import Hummingbird
import NIOCore

/// A response's writer, for one task that is not the connection's own.
///
/// `@unchecked Sendable`: the response body's closure hands it to one task and waits for it.
final class ResponseOutput: @unchecked Sendable {
    private var writer: any ResponseBodyWriter

    init(_ writer: any ResponseBodyWriter) { self.writer = writer }

    func write(_ buffer: ByteBuffer) async throws { try await writer.write(buffer) }

    func finish() async throws { try await writer.finish(nil) }
}
