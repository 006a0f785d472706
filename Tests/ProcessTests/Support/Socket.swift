import Glibc

/// A connection to this machine of which a test decides every byte.
final class Socket {
    private(set) var file: Int32
    /// What was read from the network and not used yet.
    private var buffer: [UInt8] = []
    private var start = 0

    /// The other side closed the connection, or is not there.
    struct Closed: Error {}
    /// Nothing came in time.
    struct TimedOut: Error {}

    /// - Parameters:
    ///   - address: an IPv4 address as a number; 127.0.0.1 unless told otherwise.
    ///   - receiveBuffer: makes a reader that can hold little; 0 leaves it to the system.
    init(port: Int, address number: UInt32 = 0x7F00_0001, receiveBuffer: Int32 = 0) throws {
        file = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard file >= 0 else { throw Failure("no socket: errno \(errno)") }
        if receiveBuffer > 0 {
            var size = receiveBuffer
            setsockopt(file, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        var on: Int32 = 1
        setsockopt(file, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = number.bigEndian
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(file, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else {
            close()
            throw Closed()
        }
    }

    /// The other end of a connection that somebody made to a listening socket.
    init(accepted file: Int32) { self.file = file }

    deinit { close() }

    func close() {
        if file >= 0 { _ = Glibc.close(file) }
        file = -1
    }

    /// Ends what this side sends; reading goes on.
    func closeSending() { _ = shutdown(file, Int32(SHUT_WR)) }

    /// Wakes a reader on another thread.
    func abort() { _ = shutdown(file, Int32(SHUT_RDWR)) }

    /// Sends all bytes. Throws `Closed` when the other side does not take them any more.
    func send(_ bytes: [UInt8]) throws {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes { pointer in
                Glibc.send(file, pointer.baseAddress! + offset, bytes.count - offset, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Closed() }
            offset += count
        }
    }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    /// A line without its end.
    func line(until end: ContinuousClock.Instant) throws -> String {
        while true {
            if let place = buffer[start...].firstIndex(of: 0x0A) {
                var line = buffer[start..<place]
                if line.last == 0x0D { line.removeLast() }
                start = place + 1
                return String(decoding: line, as: UTF8.self)
            }
            try fill(until: end)
        }
    }

    /// Exactly this many bytes.
    func bytes(_ count: Int, until end: ContinuousClock.Instant) throws -> [UInt8] {
        while buffer.count - start < count { try fill(until: end) }
        defer { start += count }
        return Array(buffer[start..<(start + count)])
    }

    /// Everything until the other side closes.
    func rest(until end: ContinuousClock.Instant) throws -> [UInt8] {
        do {
            while true { try fill(until: end) }
        } catch is Closed {
            return Array(buffer[start...])
        }
    }

    /// Whether something can be read now, or the connection has ended.
    var hasInput: Bool {
        var wait = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
        return start < buffer.count || poll(&wait, 1, 0) > 0
    }

    private func fill(until end: ContinuousClock.Instant) throws {
        if start > 1 << 16 {
            buffer.removeFirst(start)
            start = 0
        }
        var wait = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
        let left = (end - ContinuousClock.now).components
        let milliseconds = left.seconds * 1_000 + left.attoseconds / 1_000_000_000_000_000
        guard milliseconds > 0, poll(&wait, 1, Int32(clamping: milliseconds)) > 0 else { throw TimedOut() }
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        let count = chunk.withUnsafeMutableBytes { recv(file, $0.baseAddress!, $0.count, 0) }
        guard count > 0 else { throw Closed() }
        buffer.append(contentsOf: chunk[..<count])
    }
}
