import Glibc

/// An open file descriptor that closes itself.
final class Descriptor: Sendable {
    let raw: Int32

    init(_ raw: Int32) { self.raw = raw }

    deinit { _ = close(raw) }
}

/// System calls as Swift values: retried on `EINTR`, with `errno` as the error.
enum SystemCall {
    /// A system call failed.
    struct Failure: Error, Equatable {
        var code: Int32

        /// The system's words for it.
        var text: String { String(cString: strerror(code)) }
    }

    /// Runs a call that answers -1 on failure.
    @discardableResult
    static func check<Value: SignedInteger>(_ body: () -> Value) throws(Failure) -> Value {
        while true {
            let value = body()
            guard value == -1 else { return value }
            let code = errno
            guard code == EINTR else { throw Failure(code: code) }
        }
    }

    /// Opens a name in a directory without following a symbolic link and without blocking on a pipe.
    static func open(
        _ directory: Int32, _ name: UnsafePointer<CChar>, _ flags: Int32, mode: mode_t = 0
    ) throws(Failure) -> Descriptor {
        let all = flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK
        return Descriptor(try check { openat(directory, name, all, mode) })
    }

    /// The target of a symbolic link; `nil` when the name is none.
    static func readLink(_ directory: Int32, _ name: UnsafePointer<CChar>) -> String? {
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(PATH_MAX)) { buffer, count in
            buffer.withMemoryRebound(to: CChar.self) {
                count = max(0, readlinkat(directory, name, $0.baseAddress!, $0.count))
            }
        }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }

    /// What a name in a directory is, itself and not what it links to.
    static func status(_ directory: Int32, _ name: UnsafePointer<CChar>) throws(Failure) -> stat {
        var result = stat()
        try check { fstatat(directory, name, &result, AT_SYMLINK_NOFOLLOW) }
        return result
    }

    /// What an open file is.
    static func status(_ descriptor: Descriptor) throws(Failure) -> stat {
        var result = stat()
        try check { fstat(descriptor.raw, &result) }
        return result
    }

    /// Up to `count` bytes; empty at the end.
    static func read(_ descriptor: Descriptor, count: Int) throws(Failure) -> [UInt8] {
        var failure: Failure?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            do throws(Failure) {
                filled = try check { Glibc.read(descriptor.raw, buffer.baseAddress, count) }
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// Writes all of the bytes.
    static func write(_ descriptor: Descriptor, _ bytes: some Collection<UInt8>) throws(Failure) {
        let bytes = Array(bytes)
        var done = 0
        while done < bytes.count {
            done += try check {
                bytes.withUnsafeBytes { Glibc.write(descriptor.raw, $0.baseAddress! + done, $0.count - done) }
            }
        }
    }

    /// The names in a directory as C strings (they need not be UTF-8), without `.` and `..`, at most `limit` of them.
    static func names(in directory: Descriptor, limit: Int = .max) throws(Failure) -> [[CChar]] {
        let copy = try open(directory.raw, ".", O_RDONLY | O_DIRECTORY)
        // The stream takes the descriptor over, so it gets a duplicate of its own.
        guard let stream = fdopendir(try check { fcntl(copy.raw, F_DUPFD_CLOEXEC, 0) }) else {
            throw Failure(code: errno)
        }
        defer { closedir(stream) }
        var names: [[CChar]] = []
        while names.count < limit, let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
                    Array(UnsafeBufferPointer(start: $0, count: strlen($0) + 1))
                }
            }
            if name != [0x2E, 0], name != [0x2E, 0x2E, 0] { names.append(name) }
        }
        return names
    }

    /// A path that does not depend on the current directory.
    static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let current = getcwd(nil, 0) else { return path }
        defer { free(current) }
        return "\(String(cString: current))/\(path)"
    }
}

extension stat {
    var isDirectory: Bool { st_mode & S_IFMT == S_IFDIR }
    var isRegular: Bool { st_mode & S_IFMT == S_IFREG }
    var isLink: Bool { st_mode & S_IFMT == S_IFLNK }
}
