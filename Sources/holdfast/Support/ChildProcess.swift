import Glibc
import Synchronization

/// A program that this one started.
final class ChildProcess: Sendable {
    let pid: pid_t
    private let status = Mutex<Int32?>(nil)

    /// Starts a program whose output goes to the end of a file.
    init(path: String, arguments: [String], environment: [String: String], log: String) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A group of its own: Ctrl-C reaches this program only, which then ends the child itself.
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF))
        var signals = sigset_t()
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        var pid = pid_t()
        let code = Self.withStrings([path] + arguments) { arguments in
            Self.withStrings(environment.map { "\($0)=\($1)" }) { environment in
                posix_spawn(&pid, path, &actions, &attributes, arguments, environment)
            }
        }
        guard code == 0 else { throw CommandFailure("\(path) cannot be started: \(String(cString: strerror(code)))") }
        self.pid = pid
    }

    /// Whether it still runs.
    var isRunning: Bool { reap() == nil }

    /// The signal that ended it, if one did.
    var endingSignal: Int32? { reap().flatMap { $0 & 0x7F == 0 ? nil : $0 & 0x7F } }

    /// Sends a signal, unless it has ended.
    func signal(_ number: Int32) {
        if isRunning { kill(pid, number) }
    }

    /// Waits until it has ended; `false` when the time is over first.
    func wait(_ limit: Duration) async throws -> Bool {
        let end = ContinuousClock.now + limit
        while isRunning {
            guard ContinuousClock.now < end else { return false }
            try await Task.sleep(for: .milliseconds(2))
        }
        return true
    }

    /// The exit status, once it has ended.
    private func reap() -> Int32? {
        status.withLock { status in
            if let status { return status }
            var value: Int32 = 0
            if waitpid(pid, &value, WNOHANG) == pid { status = value }
            return status
        }
    }

    private static func withStrings<Value>(
        _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Value
    ) -> Value {
        var pointers = strings.map { strdup($0) } + [nil]
        defer { pointers.forEach { free($0) } }
        return pointers.withUnsafeMutableBufferPointer { body($0.baseAddress!) }
    }
}
