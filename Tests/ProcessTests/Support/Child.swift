import Foundation
import Glibc

/// A process that a test started.
final class Child {
    /// How a process ended.
    enum Ending: Equatable {
        case exit(Int32)
        case signal(Int32)
    }

    let pid: pid_t
    private var known: Ending?

    /// Starts a program whose output goes to the end of two files.
    init(_ path: String, _ arguments: [String], environment: [String: String], output: String, errors: String) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
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
        guard code == 0 else { throw Failure("\(path) cannot be started: \(String(cString: strerror(code)))") }
        self.pid = pid
    }

    deinit {
        guard ending == nil else { return }
        signal(SIGKILL)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
    }

    /// How it ended; `nil` while it runs.
    var ending: Ending? {
        if let known { return known }
        var status: Int32 = 0
        guard waitpid(pid, &status, WNOHANG) == pid else { return nil }
        let signal = status & 0x7F
        known = signal == 0 ? .exit((status >> 8) & 0xFF) : .signal(signal)
        return known
    }

    func signal(_ number: Int32) {
        if ending == nil { kill(pid, number) }
    }

    /// Waits until it has ended.
    func wait(within limit: Duration = .seconds(20)) throws -> Ending {
        try waitFor("process \(pid) has ended", within: limit) { ending }
    }

    private static func withStrings<Value>(
        _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Value
    ) -> Value {
        var pointers = strings.map { strdup($0) } + [nil]
        defer { pointers.forEach { free($0) } }
        return pointers.withUnsafeMutableBufferPointer { body($0.baseAddress!) }
    }
}

/// What a program printed and how it ended.
struct Run {
    var status: Child.Ending
    var output: String
    var errors: String

    /// Runs a program to its end.
    init(
        _ path: String, _ arguments: [String], environment: [String: String] = TestServer.environment,
        within limit: Duration = .seconds(20)
    ) throws {
        let directory = try TemporaryDirectory()
        let files = (directory.path + "/out", directory.path + "/err")
        let child = try Child(path, arguments, environment: environment, output: files.0, errors: files.1)
        status = try child.wait(within: limit)
        output = try Files.text(files.0)
        errors = try Files.text(files.1)
    }
}

/// A new directory that goes away with its owner.
final class TemporaryDirectory {
    let path: String

    init() throws {
        var template = Array("/tmp/hfp-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure("no temporary directory: errno \(errno)") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// Reading files.
enum Files {
    static func bytes(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    static func text(_ path: String) throws -> String { String(decoding: try bytes(path), as: UTF8.self) }

    /// Everything below a directory, with its mode and kind.
    static func tree(_ path: String) throws -> [(path: String, status: stat)] {
        let names = (try? FileManager.default.subpathsOfDirectory(atPath: path)) ?? []
        return ([path] + names.map { "\(path)/\($0)" }).compactMap { path in
            var status = stat()
            return lstat(path, &status) == 0 ? (path, status) : nil
        }
    }

    static func isRegular(_ status: stat) -> Bool { status.st_mode & S_IFMT == S_IFREG }
    static func isDirectory(_ status: stat) -> Bool { status.st_mode & S_IFMT == S_IFDIR }
}
