import HTTPTypes
public import HoldfastCore
public import NIOCore
import NIOHTTP1
public import NIOHTTPTypes

/// Stands in front of a connection's requests: answers what is no HTTP, and closes connections that are slow to say
/// what they want.
public final class RequestGuard: ChannelDuplexHandler, RemovableChannelHandler {
    public typealias InboundIn = HTTPRequestPart
    public typealias InboundOut = HTTPRequestPart
    public typealias OutboundIn = HTTPResponsePart
    public typealias OutboundOut = HTTPResponsePart

    private static let idleTime = TimeAmount.seconds(120)

    private let readTime: TimeAmount
    private let bodyLimit: Int
    private var deadline: Scheduled<Void>?
    private var isAnswered = false
    private var isReading = false
    /// Whether a request has come on this connection; one that only waits for the next is closed without a word.
    private var hasRequest = false
    /// Requests whose head came and whose response is not complete.
    private var pending = 0
    private var isWriting = false
    /// What to answer once the requests before the broken one have their responses.
    private var refusal: APIError?
    private var onLeave: (@Sendable () -> Void)?
    /// The client has closed its side; the channel may stay active until the response is out.
    private var hasLeft = false

    public init(limits: Limits) {
        readTime = .milliseconds(limits.requestReadTime)
        bodyLimit = limits.requestBody
    }

    public func handlerAdded(context: ChannelHandlerContext) {
        // Requests are small and many connections are idle streams: a small buffer to begin with, more when needed.
        let buffers = AdaptiveRecvByteBufferAllocator(minimum: 512, initial: 1_024, maximum: 65_536)
        context.channel.setOption(ChannelOptions.recvAllocator, value: buffers).whenFailure { _ in }
        if context.channel.isActive { arm(readTime, context) }
    }

    public func handlerRemoved(context: ChannelHandlerContext) { deadline?.cancel() }

    public func channelActive(context: ChannelHandlerContext) {
        arm(readTime, context)
        context.fireChannelActive()
    }

    public func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        leave()
        context.fireChannelInactive()
    }

    public func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed { leave() }
        context.fireUserInboundEventTriggered(event)
    }

    /// Has a closure called once, when the client of a connection leaves. A response that is being written does not
    /// notice by itself.
    static func onLeave(of channel: any Channel, _ body: @escaping @Sendable () -> Void) {
        channel.eventLoop.execute {
            guard channel.isActive, let handler = try? channel.pipeline.syncOperations.handler(type: RequestGuard.self)
            else { return body() }
            if handler.hasLeft { return body() }
            handler.onLeave = body
        }
    }

    /// Runs work that is cancelled when the client leaves before it has ended.
    static func whileConnected<Value: Sendable>(
        _ channel: any Channel, _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let task = Task { try await work() }
        onLeave(of: channel) { task.cancel() }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }

    private func leave() {
        hasLeft = true
        onLeave?()
        onLeave = nil
    }

    public func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isAnswered, refusal == nil else { return }
        switch unwrapInboundIn(data) {
        case .head:
            isReading = true
            hasRequest = true
            pending += 1
            onLeave = nil
            arm(readTime, context)
        case .end:
            isReading = false
            deadline?.cancel()
        case .body: break
        }
        context.fireChannelRead(data)
    }

    public func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head): isWriting = head.status.kind != .informational
        case .end:
            isWriting = false
            pending -= 1
            if !isReading { arm(Self.idleTime, context) }
        case .body: break
        }
        context.write(data, promise: promise)
        if let refusal, !isWriting { refuse(refusal, context) }
    }

    public func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let problem = error as? HTTPParserError else { return context.fireErrorCaught(error) }
        if problem == .headerOverflow {
            refuse(
                APIError(
                    HTTPResponse.Status(code: 431, reasonPhrase: "Request Header Fields Too Large"),
                    code: "request_headers_too_large", "The request's header fields are too large."), context)
        } else {
            refuse(.invalid(nil, "The request is not valid HTTP.", code: "invalid_http"), context)
        }
    }

    private func arm(_ time: TimeAmount, _ context: ChannelHandlerContext) {
        deadline?.cancel()
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let boundContext = NIOLoopBound(context, eventLoop: context.eventLoop)
        deadline = context.eventLoop.scheduleTask(in: time) {
            bound.value.expire(boundContext.value)
        }
    }

    private func expire(_ context: ChannelHandlerContext) {
        guard isReading || !hasRequest else { return context.close(promise: nil) }
        refuse(
            APIError(.requestTimeout, code: "request_timeout", "The request did not arrive in time."), context)
    }

    /// Answers in OpenAI's envelope and closes the connection.
    private func refuse(_ error: APIError, _ context: ChannelHandlerContext) {
        guard !isAnswered, context.channel.isActive else { return }
        guard pending <= (isReading ? 1 : 0) else {
            refusal = error
            return
        }
        isAnswered = true
        // A response that is half out cannot become another one.
        guard !isWriting else { return context.close(promise: nil) }
        deadline?.cancel()
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
