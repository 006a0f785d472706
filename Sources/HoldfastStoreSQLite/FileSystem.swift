import Foundation
import HoldfastStore

/// A failed system call on a file.
struct FileFailure: Error, Sendable, CustomStringConvertible {
    var call: String
    var path: String
    var code: Int32

    /// Whether the disk or the quota is exhausted.
    var isFull: Bool { code == ENOSPC || code == EDQUOT }

    /// Whether nobody can know what is on the disk: a sync failed, or the device.
    var isFatal: Bool { code == EIO }

    var description: String { "\(call) of \(path): \(String(cString: strerror(code)))" }

    var storeError: StoreError {
        StoreError(isFull ? .full : .failed, isFull ? "the disk is full" : description, cause: self)
    }
}

/// The few file operations of the store, with their errors.
enum FileSystem {
    /// Opens a file; the descriptor is not inherited by child processes.
    static func open(_ path: String, _ flags: Int32) throws(StoreError) -> Int32 {
        let descriptor = Foundation.open(path, flags | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("open", path) }
        return descriptor
    }

    /// Makes a directory that only its owner may enter; returns whether it is new.
    @discardableResult
    static func makeDirectory(_ path: String) throws(StoreError) -> Bool {
        if mkdir(path, 0o700) == 0 { return true }
        guard errno == EEXIST else { throw failure("mkdir", path) }
        return false
    }

    /// Writes all bytes.
    static func write(_ bytes: [UInt8], to descriptor: Int32, path: String) throws(StoreError) {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Foundation.write(descriptor, buffer.baseAddress! + offset, buffer.count - offset)
            }
            if count < 0 {
                guard errno == EINTR else { throw failure("write", path) }
            } else {
                offset += count
            }
        }
    }

    /// Reads a whole file; `nil` when there is none.
    static func read(_ path: String) throws(StoreError) -> [UInt8]? {
        let descriptor = Foundation.open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 {
            guard errno == ENOENT else { throw failure("open", path) }
            return nil
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 256 << 10)
        while true {
            let count = chunk.withUnsafeMutableBytes { Foundation.read(descriptor, $0.baseAddress!, $0.count) }
            if count == 0 { return bytes }
            if count > 0 {
                bytes.append(contentsOf: chunk[..<count])
            } else if errno != EINTR {
                throw failure("read", path)
            }
        }
    }

    /// The size of a file; `nil` when there is none.
    static func size(_ path: String) -> Int? {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : nil
    }

    /// Makes what was written to a descriptor durable.
    static func sync(_ descriptor: Int32, path: String) throws(StoreError) {
        guard fsync(descriptor) == 0 else { throw failure("fsync", path) }
    }

    /// Makes the entries of a directory durable.
    static func syncDirectory(_ path: String) throws(StoreError) {
        let descriptor = try open(path, O_RDONLY | O_DIRECTORY)
        defer { close(descriptor) }
        try sync(descriptor, path: path)
    }

    static func failure(_ call: String, _ path: String) -> StoreError {
        FileFailure(call: call, path: path, code: errno).storeError
    }
}
