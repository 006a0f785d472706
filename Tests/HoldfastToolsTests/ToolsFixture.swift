import Foundation
import Glibc
import HoldfastCore
import Logging
import Synchronization
import Testing

@testable import HoldfastTools

/// A data directory of its own with a runner over it. Without a sandbox on the machine it fails with the remedy.
final class ToolsFixture: Sendable {
    private static let probing = Task { await SandboxProbe.run() }

    let data: String
    let limits: Limits
    let probe: SandboxProbe
    let runner: BuiltinToolRunner
    let environment: SessionEnvironment

    init(size: String = "small", _ change: (inout Limits) -> Void = { _ in }) async throws {
        var limits = Limits()
        change(&limits)
        probe = await Self.probing.value
        try #require(probe.isAvailable, "\(probe.remedy)")
        data = "/tmp/holdfast-tools-\(UInt64.random(in: 0 ... .max))"
        // As closed as a data directory can be: the sandbox must work all the same.
        try FileManager.default.createDirectory(
            atPath: data, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        self.limits = limits
        runner = BuiltinToolRunner(dataDirectory: data, limits: limits, probe: probe, logger: Logger(label: "test"))
        environment = SessionEnvironment(kind: .hosted, id: "env_1", size: size, status: .ready)
        try await runner.prepare(environment, session: "one")
    }

    deinit { try? FileManager.default.removeItem(atPath: data) }

    /// The workspace's path on the host.
    func path(_ file: String, session: String = "one") -> String { "\(data)/workspaces/\(session)/\(file)" }

    func workspace(_ session: String = "one") throws -> Workspace {
        try Workspaces(dataDirectory: data, capacity: limits.workspaceBytes).open(session: session)
    }

    /// Calls a tool with arguments as JSON.
    func call(
        _ name: String, _ arguments: JSON, call: String = "call_1",
        emit: @escaping @Sendable (String) -> Void = { _ in }
    ) async -> ToolOutcome {
        await runner.run(
            ToolInvocation(
                session: "one", environment: environment, call: call, attempt: 1, name: name,
                arguments: arguments.text),
            emit: emit)
    }

    func shell(_ command: String) async -> ToolOutcome { await call("shell", ["command": .string(command)]) }

    /// Runs a command under a policy that no tier has.
    func run(_ command: String, _ change: (inout SandboxPolicy) -> Void) async throws -> ToolOutcome {
        var policy = SandboxPolicy(size: .small, limits: limits)
        change(&policy)
        let host = try #require(probe.host)
        let sandboxed = SandboxedCommand(host: host, policy: policy, workspace: try workspace(), call: "call_1")
        return await sandboxed.run(command) { _ in }
    }
}

/// Runs a script with bash as this process could, with its environment and descriptors: the control of a probe.
func outsideSandbox(_ script: String) throws -> String {
    let file = "/tmp/holdfast-control-\(UInt64.random(in: 0 ... .max)).sh"
    try script.write(toFile: file, atomically: true, encoding: .utf8)
    defer { unlink(file) }
    let pipe = try #require(popen("bash \(file) 2>&1", "r"))
    defer { pclose(pipe) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4_096)
    while case let count = fread(&buffer, 1, buffer.count, pipe), count > 0 { bytes += buffer[..<count] }
    return String(decoding: bytes, as: UTF8.self)
}

/// A number that makes a `sleep` recognisable among all processes.
func uniqueSleep() -> String { "86400.\(UInt32.random(in: 100_000_000 ... .max))" }

/// How many processes of this machine have exactly this argument.
func processes(withArgument argument: String) -> Int {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.count { name in
        guard name.first?.isNumber == true, let file = fopen("/proc/\(name)/cmdline", "r") else { return false }
        defer { fclose(file) }
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let count = fread(&buffer, 1, buffer.count, file)
        return buffer[..<count].split(separator: 0).contains { String(decoding: $0, as: UTF8.self) == argument }
    }
}

/// Waits for something outside this process to become true; false after ten seconds.
func eventually(_ condition: () async -> Bool) async -> Bool {
    let deadline = ContinuousClock.now + .seconds(10)
    while ContinuousClock.now < deadline {
        if await condition() { return true }
        try? await Task.sleep(for: .milliseconds(2))
    }
    return await condition()
}

/// Collects emitted text and lets a test wait for a piece of it.
final class Emitted: Sendable {
    private let pieces = Mutex<[String]>([])

    var text: String { pieces.withLock { $0.joined() } }

    func add(_ piece: String) { pieces.withLock { $0.append(piece) } }

    func contains(_ text: String) async -> Bool { await eventually { self.text.contains(text) } }
}
