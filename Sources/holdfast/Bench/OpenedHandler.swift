import NIOCore
import Synchronization

/// A count that many event loops add to.
final class SharedCounter: Sendable {
    private let count = Atomic(0)

    var value: Int { count.load(ordering: .relaxed) }

    func add() { count.add(1, ordering: .relaxed) }
}

/// Counts a stream once its first bytes have come, and reads on.
final class OpenedHandler: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    private let counter: SharedCounter
    private let isCounted = Atomic(false)

    init(_ counter: SharedCounter) { self.counter = counter }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if !isCounted.exchange(true, ordering: .relaxed) { counter.add() }
    }
}
