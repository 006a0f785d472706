import Glibc

/// A model provider of which a test plays every byte.
final class Upstream: Sendable {
    let port: Int
    private let listener: Int32

    init() throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let file = listener
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(file, generic, length) == 0 && listen(file, 16) == 0 && getsockname(file, generic, &length) == 0
            }
        }
        port = Int(UInt16(bigEndian: address.sin_port))
        guard isListening else { throw Failure("no listening socket: errno \(errno)") }
    }

    deinit { close(listener) }

    /// A call that the server makes.
    struct Call {
        let socket: Socket

        /// The request as it came: head, empty line, body.
        func request() throws -> String {
            let end = ContinuousClock.now + .seconds(10)
            var text = ""
            var length = 0
            while true {
                let line = try socket.line(until: end)
                text += line + "\r\n"
                if line.isEmpty { break }
                let field = line.lowercased().split(separator: ":", maxSplits: 1)
                if field.count == 2, field[0] == "content-length" { length = Int(field[1].filter(\.isNumber)) ?? 0 }
            }
            return text + String(decoding: try socket.bytes(length, until: end), as: UTF8.self)
        }
    }

    /// Waits for the next connection.
    func accept() throws -> Call {
        var wait = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
        guard poll(&wait, 1, 10_000) > 0 else { throw Socket.TimedOut() }
        return Call(socket: Socket(accepted: Glibc.accept(listener, nil, nil)))
    }
}
