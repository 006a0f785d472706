import Foundation
import HoldfastStore
import Synchronization

/// The proof that this process alone has a data directory. Held until it is released; the kernel releases it when the
/// process dies. Child processes do not inherit it.
final class DirectoryLock: Sendable {
    private let held: Mutex<Int32?>

    /// Takes the lock of a directory or throws `.locked`, naming the process that has it.
    init(directory: String) throws(StoreError) {
        let path = "\(directory)/holdfast.lock"
        let descriptor = try FileSystem.open(path, O_RDWR | O_CREAT)
        let code = Self.take(descriptor, path)
        guard code == 0 else {
            close(descriptor)
            guard code == EWOULDBLOCK else {
                throw FileFailure(call: "flock", path: path, code: code).storeError
            }
            let owner = Self.owner(path).map { "process \($0)" }
            throw StoreError(.locked, "\(directory) is already open by \(owner ?? "another process")")
        }
        held = Mutex(descriptor)
        do throws(StoreError) {
            guard ftruncate(descriptor, 0) == 0 else { throw FileSystem.failure("ftruncate", path) }
            try FileSystem.write(Array("\(getpid())\n".utf8), to: descriptor, path: path)
        } catch {
            // On a full disk the lock is held all the same; the process id is only a hint for people.
            guard error.code == .full else { throw error }
        }
    }

    deinit { release() }

    /// Locks the file; returns 0 or why it cannot.
    ///
    /// A process that is killed while it starts a program leaves a child that holds the lock until it has become that
    /// program. So the lock of an owner that is gone is waited for; that of one that lives is not.
    private static func take(_ descriptor: Int32, _ path: String) -> Int32 {
        for _ in 0..<500 {
            guard flock(descriptor, LOCK_EX | LOCK_NB) != 0 else { return 0 }
            let code = errno
            guard code == EWOULDBLOCK, let owner = owner(path), kill(owner, 0) != 0, errno == ESRCH else { return code }
            usleep(10_000)
        }
        return EWOULDBLOCK
    }

    /// The process that wrote its id into the file.
    private static func owner(_ path: String) -> pid_t? {
        let text = String(decoding: (try? FileSystem.read(path)) ?? [], as: UTF8.self)
        return pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    /// Gives the directory back. Doing it twice does no harm.
    func release() {
        held.withLock { descriptor in
            if let descriptor { close(descriptor) }
            descriptor = nil
        }
    }
}
