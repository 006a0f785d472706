import HTTPTypes
import HoldfastCore
public import NIOCore
import NIOHTTP1
public import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOWebSocket

/// Turns a connection into a WebSocket (RFC 6455) when its request asks for one of the served paths: stands in front of
/// the `RequestGuard`, and lets every other request pass.
///
/// The handlers of HTTP are taken out of the pipeline; the connection's own task, which waits for requests, sees no more
/// of them and ends with the connection.
public final class WebSocketUpgrade: ChannelInboundHandler, RemovableChannelHandler {
    public typealias InboundIn = HTTPRequestPart
    public typealias InboundOut = HTTPRequestPart
    public typealias OutboundOut = HTTPResponsePart

    /// What serves the sockets of a path, for a request that may have one.
    public typealias Service = @Sendable (WebSocketConnection) async -> Void

    private let limits: Limits
    /// What serves a request; `nil` when its path has no sockets.
    private let service: @Sendable (HTTPRequest) throws(APIError) -> Service?
    private var request: HTTPRequest?

    init(limits: Limits, service: @escaping @Sendable (HTTPRequest) throws(APIError) -> Service?) {
        self.limits = limits
        self.service = service
    }

    public func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head) where Self.asksForWebSocket(head):
            request = head
        case .end where request != nil:
            guard let request else { return }
            self.request = nil
            answer(request, context)
        case .body where request != nil: break
        case .head, .body, .end: context.fireChannelRead(data)
        }
    }

    private static func asksForWebSocket(_ head: HTTPRequest) -> Bool {
        head.method == .get && head.headerFields[.upgrade]?.lowercased() == "websocket"
    }

    private func answer(_ request: HTTPRequest, _ context: ChannelHandlerContext) {
        do throws(APIError) {
            guard let service = try service(request) else {
                throw APIError(.notFound, code: "not_found", "No WebSocket is served at this path.")
            }
            upgrade(request, service, context)
        } catch {
            refuse(error, context)
        }
    }

    private func upgrade(_ request: HTTPRequest, _ service: @escaping Service, _ context: ChannelHandlerContext) {
        // Makes the handshake's answer; what it would do to the pipeline is done in `leaveHTTP`.
        let upgrader = NIOWebSocketServerUpgrader(
            shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture([:]) },
            upgradePipelineHandler: { channel, _ in channel.eventLoop.makeSucceededVoidFuture() })
        guard let head = try? HTTPRequestHead(request) else {
            return refuse(.invalid(nil, "The request is not valid HTTP.", code: "invalid_http"), context)
        }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        upgrader.buildUpgradeResponse(channel: context.channel, upgradeRequest: head, initialResponseHeaders: [:])
            .whenComplete { result in
                let (handler, context) = bound.value
                switch result {
                case .success(let headers): handler.switchProtocols(headers, service, context)
                case .failure:
                    handler.refuse(
                        .invalid(nil, "The request is no valid WebSocket handshake.", code: "invalid_http"), context)
                }
            }
    }

    private func switchProtocols(
        _ headers: HTTPHeaders, _ service: @escaping Service, _ context: ChannelHandlerContext
    ) {
        var fields = HTTPFields(headers, splitCookie: false)
        fields[.connection] = "upgrade"
        fields[.upgrade] = "websocket"
        var generator = SystemRandomNumberGenerator()
        fields[ErrorMiddleware.requestID] = "req_" + Base32.random(16, using: &generator)
        context.write(
            wrapOutboundOut(.head(HTTPResponse(status: .switchingProtocols, headerFields: fields))), promise: nil)
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenSuccess {
            let (handler, context) = bound.value
            handler.leaveHTTP(service, context)
        }
    }

    private func leaveHTTP(_ service: @escaping Service, _ context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        guard let decoder = try? pipeline.context(handlerType: ByteToMessageHandler<HTTPRequestDecoder>.self),
            let encoder = try? pipeline.context(handlerType: HTTPResponseEncoder.self),
            let codec = try? pipeline.context(handlerType: HTTP1ToHTTPServerCodec.self),
            let requestGuard = try? pipeline.context(handlerType: RequestGuard.self)
        else { return context.close(promise: nil) }
        let removals = [requestGuard, codec, encoder, decoder, context].map { pipeline.removeHandler(context: $0) }
        let (channel, limit) = (context.channel, limits.requestBody)
        EventLoopFuture.andAllSucceed(removals, on: context.eventLoop).flatMapThrowing {
            // In front of what is left of HTTP, which thereby sees nothing more.
            try channel.pipeline.syncOperations.addHandlers(
                [
                    WebSocketFrameEncoder(), ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: limit)),
                    WebSocketFrames(limit: limit, service: service),
                ], position: .first)
        }.whenFailure { _ in channel.close(promise: nil) }
    }

    /// Answers in OpenAI's envelope and closes the connection.
    private func refuse(_ error: APIError, _ context: ChannelHandlerContext) {
        let body = context.channel.allocator.buffer(bytes: error.body)
        var generator = SystemRandomNumberGenerator()
        let head = HTTPResponse(
            status: error.status,
            headerFields: [
                .contentType: "application/json", .contentLength: String(body.readableBytes), .connection: "close",
                ErrorMiddleware.requestID: "req_" + Base32.random(16, using: &generator),
            ])
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(body)), promise: nil)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in bound.value.close(promise: nil) }
    }
}
