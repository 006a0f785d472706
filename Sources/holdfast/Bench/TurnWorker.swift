import Glibc
import NIOCore
import NIOPosix

/// One closed loop of turns.
///
/// `@unchecked Sendable`: everything of it happens on its event loop.
final class TurnWorker: @unchecked Sendable {
    private static let idleMark = "event: agent.session.idle\n"

    private let plan: TurnLoad.Plan
    private let sessions: [String]
    private let loop: any EventLoop
    private let tally: NIOLoopBoundBox<TurnTally>
    private let done: EventLoopPromise<Void>
    private var sending: (any Channel)?
    private var stream: (any Channel)?
    private var session = -1
    private var turnsLeft = 0
    private var request = ByteBuffer()
    /// The beginning of a line whose end has not come yet.
    private var rest = ByteBuffer()
    private var sentAt: Int64 = 0

    init(
        plan: TurnLoad.Plan, sessions: [String], loop: any EventLoop, tally: NIOLoopBoundBox<TurnTally>,
        done: EventLoopPromise<Void>
    ) {
        self.plan = plan
        self.sessions = sessions
        self.loop = loop
        self.tally = tally
        self.done = done
    }

    /// Connects and begins.
    func start() {
        connect { [self] buffer in
            if !buffer.readableBytesView.starts(with: "HTTP/1.1 202".utf8) { fail(String(buffer: buffer)) }
        } then: { [self] channel in
            sending = channel
            nextSession()
        }
    }

    private func nextSession() {
        stream?.close(promise: nil)
        rest.clear()
        session = (session + 1) % sessions.count
        turnsLeft = plan.turnsPerSession
        let id = sessions[session]
        let head = "Host: 127.0.0.1:\(plan.port)\r\nAuthorization: Bearer \(plan.key)\r\n"
        request = ByteBuffer(
            string: "POST /v1/agents/sessions/\(id)/events HTTP/1.1\r\n\(head)Content-Type: application/json\r\n"
                + "Content-Length: \(plan.body.utf8.count)\r\n\r\n\(plan.body)")
        var isOpen = false
        connect { [self] buffer in
            if isOpen { return scan(buffer) }
            isOpen = true
            guard buffer.readableBytesView.starts(with: "HTTP/1.1 200".utf8) else {
                return fail(String(buffer: buffer))
            }
            nextTurn()
        } then: { [self] channel in
            stream = channel
            let get = "GET /v1/agents/sessions/\(id)/events?include_obfuscation=false HTTP/1.1\r\n\(head)\r\n"
            channel.writeAndFlush(ByteBuffer(string: get), promise: nil)
        }
    }

    private func nextTurn() {
        guard !tally.value.isOver else { return finish() }
        guard turnsLeft > 0 else { return nextSession() }
        turnsLeft -= 1
        sentAt = TurnLoad.now()
        sending?.writeAndFlush(request, promise: nil)
    }

    private func scan(_ buffer: ByteBuffer) {
        rest.writeImmutableBuffer(buffer)
        while let line = rest.withUnsafeReadableBytes({ Self.firstLine($0) }) {
            rest.moveReaderIndex(forwardBy: line.length)
            guard line.isMark else { continue }
            tally.value.latencies.append(TurnLoad.now() - sentAt)
            nextTurn()
        }
        rest.discardReadBytes()
    }

    /// The length of the first whole line, and whether it says that the session is idle.
    private static func firstLine(_ bytes: UnsafeRawBufferPointer) -> (length: Int, isMark: Bool)? {
        guard let start = bytes.baseAddress, let end = memchr(start, 0x0A, bytes.count) else { return nil }
        let length = UnsafeRawPointer(end) - start + 1
        return (length, length == idleMark.utf8.count && memcmp(start, idleMark, length) == 0)
    }

    private func fail(_ problem: String) {
        tally.value.problem = problem
        tally.value.isOver = true
        finish()
    }

    private func finish() {
        stream?.close(promise: nil)
        sending?.close(promise: nil)
        done.succeed()
    }

    private func connect(
        _ onRead: @escaping (ByteBuffer) -> Void, then: @escaping @Sendable (any Channel) -> Void
    ) {
        let handler = BytesHandler(onRead)
        ClientBootstrap(group: loop)
            .channelOption(ChannelOptions.socketOption(.tcp_nodelay), value: 1)
            .channelInitializer { $0.pipeline.addHandler(handler) }
            .connect(host: "127.0.0.1", port: plan.port)
            .whenComplete { [self] result in
                switch result {
                case .success(let channel): then(channel)
                case .failure(let error): fail("\(error)")
                }
            }
    }

    /// Hands bytes on.
    ///
    /// `@unchecked Sendable`: used on its channel's event loop only.
    private final class BytesHandler: ChannelInboundHandler, @unchecked Sendable {
        typealias InboundIn = ByteBuffer
        private let onRead: (ByteBuffer) -> Void

        init(_ onRead: @escaping (ByteBuffer) -> Void) { self.onRead = onRead }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) { onRead(unwrapInboundIn(data)) }
    }
}
