import HoldfastCore
import NIOCore
import NIOWebSocket

/// One side of a WebSocket: the text messages that the client sends, and a way to send it some.
public struct WebSocketConnection: Sendable {
    /// Ends when the client leaves.
    let messages: AsyncStream<[UInt8]>
    private let context: NIOLoopBound<ChannelHandlerContext>
    private let eventLoop: any EventLoop

    /// - Parameter context: where frames enter the pipeline; what stands behind it belongs to HTTP.
    init(messages: AsyncStream<[UInt8]>, context: ChannelHandlerContext) {
        self.messages = messages
        self.context = NIOLoopBound(context, eventLoop: context.eventLoop)
        eventLoop = context.eventLoop
    }

    /// Sends a text message, and waits until the socket took it.
    func send(_ text: [UInt8]) async throws {
        try await write(.text, ByteBuffer(bytes: text))
    }

    /// Sends a sign of life.
    func ping() async throws {
        try await write(.ping, ByteBuffer())
    }

    /// Closes with a code (RFC 6455, section 7.4).
    func close(_ code: WebSocketErrorCode) async {
        var data = ByteBuffer()
        data.write(webSocketErrorCode: code)
        try? await write(.connectionClose, data)
        let context = context
        eventLoop.execute { context.value.close(promise: nil) }
    }

    private func write(_ opcode: WebSocketOpcode, _ data: ByteBuffer) async throws {
        let context = context
        try await eventLoop.flatSubmit {
            let frame = WebSocketFrame(fin: true, opcode: opcode, data: data)
            return context.value.writeAndFlush(NIOAny(frame))
        }.get()
    }
}

/// Puts frames together to messages, answers what belongs to the protocol itself, and runs the connection's service.
final class WebSocketFrames: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    /// Messages that wait while one is being answered.
    private static let queue = 16

    private let limit: Int
    private let service: WebSocketUpgrade.Service
    private var message: [UInt8]?
    private var continuation: AsyncStream<[UInt8]>.Continuation?
    private var task: Task<Void, Never>?

    init(limit: Int, service: @escaping WebSocketUpgrade.Service) {
        self.limit = limit
        self.service = service
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let (messages, continuation) = AsyncStream.makeStream(
            of: [UInt8].self, bufferingPolicy: .bufferingOldest(Self.queue))
        self.continuation = continuation
        let connection = WebSocketConnection(messages: messages, context: context)
        let service = service
        task = Task {
            await service(connection)
            await connection.close(.normalClosure)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { end() }

    private func end() {
        continuation?.finish()
        task?.cancel()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let code = (error as? NIOWebSocketError).flatMap(WebSocketErrorCode.init) { return close(code, context) }
        context.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        switch frame.opcode {
        case .text:
            guard message == nil else { return close(.protocolError, context) }
            take(frame, onto: [], context)
        case .continuation:
            guard let begun = message else { return close(.protocolError, context) }
            take(frame, onto: begun, context)
        case .binary: close(.dataInconsistentWithMessage, context)
        case .ping:
            context.writeAndFlush(
                wrapOutboundOut(WebSocketFrame(fin: true, opcode: .pong, data: frame.unmaskedData)), promise: nil)
        case .connectionClose: close(.normalClosure, context)
        default: break
        }
    }

    private func take(_ frame: WebSocketFrame, onto begun: [UInt8], _ context: ChannelHandlerContext) {
        let bytes = begun + Array(buffer: frame.unmaskedData)
        guard bytes.count <= limit else { return close(.messageTooLarge, context) }
        message = bytes
        guard frame.fin else { return }
        message = nil
        if case .dropped? = continuation?.yield(bytes) { close(.policyViolation, context) }
    }

    private func close(_ code: WebSocketErrorCode, _ context: ChannelHandlerContext) {
        end()
        var data = context.channel.allocator.buffer(capacity: 2)
        data.write(webSocketErrorCode: code)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(WebSocketFrame(fin: true, opcode: .connectionClose, data: data)))
            .whenComplete { _ in bound.value.close(promise: nil) }
    }
}

extension WebSocketErrorCode {
    fileprivate init?(_ error: NIOWebSocketError) {
        switch error {
        case .invalidFrameLength: self = .messageTooLarge
        case .fragmentedControlFrame, .multiByteControlFrameLength: self = .protocolError
        }
    }
}
