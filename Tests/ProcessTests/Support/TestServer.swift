import Foundation
import Glibc

/// A server: the program itself, on a data directory and a port of its own, that can be killed and started again.
final class TestServer {
    /// The environment of everything that tests start; nothing of the tester's own settings.
    static let environment = [
        "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": "/tmp", "LANG": "C.UTF-8",
    ]

    /// The program, which is built beside the tests.
    static let program: String = {
        var buffer = [CChar](repeating: 0, count: 4_096)
        let count = max(0, readlink("/proc/self/exe", &buffer, buffer.count - 1))
        let tests = String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let places = [tests, CommandLine.arguments[0]].map { ($0 as NSString).deletingLastPathComponent }
        return places.map { $0 + "/holdfast" }.first { access($0, X_OK) == 0 } ?? places[0] + "/holdfast"
    }()

    let directory: TemporaryDirectory
    let data: String
    private(set) var port: Int
    private let settings: [String: String]
    private(set) var child: Child?
    private var key = ""
    private var readers: [EventReader] = []

    /// Starts a server.
    /// - Parameters:
    ///   - settings: further environment variables for every start.
    ///   - data: a directory for the data when it must be a certain one.
    ///   - first: further environment variables for the first start only.
    init(_ settings: [String: String] = [:], data: String? = nil, first: [String: String] = [:]) throws {
        directory = try TemporaryDirectory()
        self.data = data ?? directory.path + "/data"
        self.settings = settings
        port = Ports.next()
        do {
            try start(first)
        } catch {
            // Somebody else took the port in the meantime.
            guard "\(error)".contains("Address already in use") else { throw error }
            port = Ports.next()
            try start(first)
        }
    }

    deinit {
        readers.forEach { $0.stop() }
        child = nil
    }

    var output: String { directory.path + "/out" }
    var log: String { directory.path + "/log" }
    var api: API { API(port: port, key: key) }
    var isRunning: Bool { child != nil && child?.ending == nil }
    var pid: pid_t { child?.pid ?? 0 }

    /// Starts the process and waits until it is ready.
    func start(_ extra: [String: String] = [:]) throws {
        let environment = Self.environment.merging(settings) { $1 }.merging(extra) { $1 }
        let child = try Child(
            Self.program, ["serve", "--data", data, "--port", "\(port)"], environment: environment, output: output,
            errors: log)
        self.child = child
        let open = API(port: port, key: nil)
        try eventually("the server is ready", within: .seconds(60)) {
            if let ending = child.ending {
                throw Failure("the server ended with \(ending): \((try? Files.text(log))?.suffix(2_000) ?? "")")
            }
            return (try? open.call("GET", "/readyz").status) == 200
        }
        if key.isEmpty {
            let words = try Files.text(output).split { $0 == " " || $0 == "\n" }
            key = words.last { $0.hasPrefix("hf_") }.map(String.init) ?? ""
        }
    }

    /// Kills the process as a power failure would.
    func kill() throws {
        child?.signal(SIGKILL)
        let ending = try child?.wait()
        guard ending == .signal(SIGKILL) else { throw Failure("the server ended by itself: \(ending as Any)") }
    }

    func killAndRestart() throws {
        try kill()
        try start()
    }

    /// Follows a session until the server goes away for good.
    func follow(
        _ session: String, after: String? = "0", reconnects: Bool = true, api: API? = nil
    ) -> EventReader {
        let reader = EventReader(api ?? self.api, session: session, after: after, reconnects: reconnects)
        readers.append(reader)
        return reader
    }

    /// A file in a session's workspace; empty when there is none.
    func workspaceFile(_ name: String, of session: String) -> String {
        (try? Files.text("\(data)/workspaces/\(session)/\(name)")) ?? ""
    }

    /// Runs a command of the program on this server's data.
    func command(_ arguments: [String]) throws -> Run {
        try Run(Self.program, arguments + ["--data", data])
    }

    /// The process's resident memory in bytes.
    var residentMemory: Int {
        let words = ((try? Files.text("/proc/\(pid)/statm")) ?? "").split(separator: " ")
        return (words.count > 1 ? Int(words[1]) ?? 0 : 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}

/// Ports that nobody listens on, outside of the range that the system gives to clients: between a kill and a restart
/// nobody else gets one.
private enum Ports {
    private static let last = Locked(12_000 + Int(getpid()) * 61 % 15_000)

    static func next() -> Int {
        while true {
            let port = last.with { last in
                last = last >= 31_000 ? 12_000 : last + 1
                return last
            }
            if isFree(port) { return port }
        }
    }

    private static func isFree(_ port: Int) -> Bool {
        let file = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { close(file) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(file, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
