import Foundation
import Glibc
import Synchronization

/// A real HTTP server on a loopback socket that plays a script, byte by byte: also what no HTTP library would send.
final class LoopbackServer: Sendable {
    /// What the server does on one connection after it has read a request.
    enum Action: Sendable {
        case send(String)
        /// One HTTP chunk for each `size` bytes.
        case chunks(String, size: Int)
        case bytes([UInt8])
        /// Does nothing until the client closes the connection.
        case awaitClose
        /// Closes with a reset, in the middle of whatever was sent.
        case reset
    }

    /// A request as it came.
    struct Request: Sendable {
        var head: String
        var body: String
    }

    let port: UInt16
    private let listener: Int32
    private let actions: Mutex<[[Action]]>
    private let received = Mutex<[Request]>([])
    private let accepted = Mutex(0)
    private let isStopped = Atomic(false)
    private let closings: AsyncStream<ContinuousClock.Instant>
    private let closed: AsyncStream<ContinuousClock.Instant>.Continuation
    private let arrivals: AsyncStream<Void>
    private let arrived: AsyncStream<Void>.Continuation

    /// - Parameter answers: one list of actions for each request; the last one serves all that follow.
    init(_ answers: [Action]...) {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let name = listener
        port = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                precondition(bind(name, generic, length) == 0 && listen(name, 16) == 0, "no loopback socket")
                getsockname(name, generic, &length)
            }
            return UInt16(bigEndian: pointer.pointee.sin_port)
        }
        actions = Mutex(answers)
        (closings, closed) = AsyncStream.makeStream()
        (arrivals, arrived) = AsyncStream.makeStream()
        // The thread holds the server; `stop` ends both.
        Thread { [self] in serve() }.start()
    }

    var baseURL: String { "http://127.0.0.1:\(port)/v1" }

    /// How many connections there have been.
    var connections: Int { accepted.withLock { $0 } }

    var requests: [Request] { received.withLock { $0 } }

    /// Returns when a client has closed the connection that an `awaitClose` holds, and says when the server saw it:
    /// busy tests may come to know later.
    @discardableResult
    func clientClosed() async -> ContinuousClock.Instant {
        for await moment in closings { return moment }
        return .now
    }

    /// Returns when a request has come.
    func requestCame() async {
        for await _ in arrivals { return }
    }

    /// Only once: a closed descriptor's number soon belongs to another test's socket.
    func stop() {
        if !isStopped.exchange(true, ordering: .relaxed) { shutdown(listener, Int32(SHUT_RDWR)) }
    }

    private func serve() {
        while true {
            let connection = accept(listener, nil, nil)
            guard connection >= 0 else { break }
            accepted.withLock { $0 += 1 }
            Thread { [self] in
                play(connection)
                close(connection)
            }.start()
        }
        close(listener)
    }

    private func play(_ connection: Int32) {
        while let request = readRequest(connection) {
            received.withLock { $0.append(request) }
            arrived.yield()
            let answer = actions.withLock { $0.count > 1 ? $0.removeFirst() : $0.first ?? [] }
            for action in answer where !run(action, on: connection) { return }
            // An answer that does not say its length ends with the connection.
            guard case .chunks? = answer.last else { return }
        }
    }

    /// Whether the connection goes on.
    private func run(_ action: Action, on connection: Int32) -> Bool {
        switch action {
        case .send(let text): write([UInt8](text.utf8), to: connection)
        case .bytes(let bytes): write(bytes, to: connection)
        case .chunks(let text, let size):
            write([UInt8](text.utf8).chunked(size) + [UInt8]("0\r\n\r\n".utf8), to: connection)
        case .awaitClose:
            var byte: UInt8 = 0
            while recv(connection, &byte, 1, 0) > 0 {}
            closed.yield(.now)
            return false
        case .reset:
            var option = linger(l_onoff: 1, l_linger: 0)
            setsockopt(connection, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
            return false
        }
        return true
    }

    private func write(_ bytes: [UInt8], to connection: Int32) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            sent += count
        }
    }

    private func readRequest(_ connection: Int32) -> Request? {
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let text = String(decoding: bytes, as: UTF8.self)
            if let end = text.range(of: "\r\n\r\n") {
                let head = String(text[..<end.lowerBound])
                let body = text[end.upperBound...]
                if body.utf8.count >= Self.contentLength(head) { return Request(head: head, body: String(body)) }
            }
            let count = recv(connection, &block, block.count, 0)
            guard count > 0 else { return nil }
            bytes += block[..<count]
        }
    }

    private static func contentLength(_ head: String) -> Int {
        let line = head.lowercased().components(separatedBy: "\r\n").first { $0.hasPrefix("content-length:") }
        return line.flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) } ?? 0
    }
}

extension [UInt8] {
    /// The bytes as HTTP chunks of a size.
    func chunked(_ size: Int) -> [UInt8] {
        stride(from: 0, to: count, by: size).flatMap { start in
            let part = self[start..<Swift.min(start + size, count)]
            return [UInt8]("\(String(part.count, radix: 16))\r\n".utf8) + part + [0x0D, 0x0A]
        }
    }
}
