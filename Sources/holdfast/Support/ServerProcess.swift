import Glibc
import HoldfastCore
import Synchronization

/// A server of this program's own: this program itself, as a process that can be killed and started again.
final class ServerProcess: Sendable {
    let data: String
    let port: Int
    private let environment: [String: String]
    private let child = Mutex<ChildProcess?>(nil)

    /// - Parameter settings: `HOLDFAST_…` variables for this server; the user's own are not for it.
    init(data: String, environment: [String: String], settings: [String: String] = [:]) throws {
        self.data = data
        self.environment = environment.filter { !$0.key.hasPrefix("HOLDFAST_") }.merging(settings) { $1 }
        port = try Self.freePort()
    }

    /// The base URL for clients.
    var url: String { "http://127.0.0.1:\(port)/v1" }

    var log: String { "\(data)/server.log" }

    var pid: pid_t { child.withLock { $0?.pid ?? 0 } }

    /// Starts the process and waits until it is ready; how long that took.
    func start() async throws -> Duration {
        let begin = ContinuousClock.now
        let arguments = ["serve", "--data", data, "--host", "127.0.0.1", "--port", "\(port)"]
        let process = try ChildProcess(
            path: try Self.executable(), arguments: arguments, environment: environment, log: log)
        child.withLock { $0 = process }
        let endpoint = Endpoint(probing: port)
        try await APIClient.with(endpoint) { client in
            while true {
                if await client.isWell("/readyz") { return }
                guard process.isRunning else { throw failure("The server ended at once.") }
                guard ContinuousClock.now - begin < .seconds(60) else {
                    throw failure("The server is not ready after 60 s.")
                }
                try await Task.sleep(for: .milliseconds(5))
            }
        }
        return ContinuousClock.now - begin
    }

    /// Kills the process as a power failure would: no warning, no last words. `true` when that is what ended it.
    func kill() async throws -> Bool {
        guard let process = child.withLock({ $0 }) else { return false }
        process.signal(SIGKILL)
        _ = try await process.wait(.seconds(10))
        return process.endingSignal == SIGKILL
    }

    /// Ends the process in an orderly way.
    func stop() async throws {
        guard let process = child.withLock({ $0 }) else { return }
        process.signal(SIGTERM)
        if try await !process.wait(.seconds(8)) { _ = try await kill() }
    }

    /// Ends the process without waiting; for when this program itself is ended.
    func abandon() { child.withLock { $0?.signal(SIGKILL) } }

    private func failure(_ message: String) -> CommandFailure {
        let tail = (try? DemoFiles.text(log))?.split(separator: "\n").suffix(12).joined(separator: "\n") ?? ""
        return CommandFailure("\(message) The end of \(log):\n\(Text.safe(tail))")
    }

    /// The path of this program.
    private static func executable() throws -> String {
        var buffer = [CChar](repeating: 0, count: 4_096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        guard count > 0 else { throw CommandFailure("This program does not find itself in /proc/self/exe.") }
        return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// A port that nobody listens on.
    private static func freePort() throws -> Int {
        let file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(file) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(file, $0, size) == 0 && getsockname(file, $0, &size) == 0
            }
        }
        guard isBound else { throw CommandFailure("No free port was found on 127.0.0.1.") }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}

extension Endpoint {
    /// A server's health routes, which stand beside `/v1` and need no key.
    init(probing port: Int) {
        self.init(base: "http://127.0.0.1:\(port)", name: "127.0.0.1:\(port)")
    }
}
