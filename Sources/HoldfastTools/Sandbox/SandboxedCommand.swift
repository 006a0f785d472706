import Glibc
public import HoldfastCore
import Subprocess
import Synchronization
import SystemPackage

/// One command in a sandbox of its own, from its start until nothing of it is left.
///
/// Killing the outermost process is enough: bubblewrap's first process inside dies with it, and with that one the
/// kernel kills the whole pid namespace. The same chain ends everything when the server itself is killed. Linux ties
/// it to the spawning *thread*; swift-subprocess spawns from one thread that lives as long as the process
/// (`runOnBackgroundThread`), and `SandboxLifetimeTests` holds it to that.
public struct SandboxedCommand: Sendable {
    /// A command is one argument of a process, and Linux allows 128 KiB for one.
    static let maximumLength = 100 << 10

    private enum Stop: Sendable { case time, output }

    /// Why the command is stopped; the first reason counts.
    private final class StopReason: Sendable {
        private let reason = Mutex<Stop?>(nil)

        var value: Stop? { reason.withLock { $0 } }

        func set(_ stop: Stop) { reason.withLock { $0 = $0 ?? stop } }
    }

    /// What became of the process.
    private struct Run: Sendable {
        var output: CommandOutput
        var isReady = false
        /// What the launcher said before the sandbox stood.
        var complaint = ""
        var exitCode: Int?
    }

    private let arguments: SandboxArguments
    private let workspace: Workspace
    private let call: String

    /// - Parameter call: The tool call's id; it names the file for output that is too long.
    public init(host: SandboxHost, policy: SandboxPolicy, workspace: Workspace, call: String) {
        arguments = SandboxArguments(
            host: host, policy: policy, workspacePath: workspace.path, user: workspace.owner ?? geteuid())
        self.workspace = workspace
        self.call = call
    }

    /// Runs `command` with bash. `emit` takes the outcome's output piece by piece.
    public func run(_ command: String, emit: @escaping @Sendable (String) -> Void) async -> ToolOutcome {
        guard command.utf8.count <= Self.maximumLength, !command.utf8.contains(0) else {
            return ToolOutcome(
                .failed, output: "the command is over \(Self.maximumLength) bytes or has a NUL; use a script file")
        }
        guard !Task.isCancelled else { return ToolOutcome(.cancelled, output: "") }
        Self.ignoreBrokenPipes
        let start = ContinuousClock.now
        let (run, stop) = await bounded(command, emit: emit)
        let duration = (ContinuousClock.now - start) / .milliseconds(1)
        return outcome(run, stop, duration: Milliseconds(duration), emit: emit)
    }

    /// Runs the process beside a timer. The timer outlives the output: a command can close it and go on.
    private func bounded(_ command: String, emit: @escaping @Sendable (String) -> Void) async -> (Run, Stop?) {
        let stop = StopReason()
        let limit = Duration.milliseconds(arguments.policy.wallClock)
        return await withTaskGroup(of: Run?.self) { group in
            group.addTask { await process(command, emit: emit) { stop.set(.output) } }
            group.addTask {
                try? await Task.sleep(for: limit)
                return nil
            }
            var run: Run?
            while run == nil, let event = await group.next() {
                run = event
                // The timer also ends early when this task is cancelled; then the process is on its way out already.
                if event == nil, !Task.isCancelled { stop.set(.time) }
                group.cancelAll()
            }
            return (run ?? newRun(), stop.value)
        }
    }

    private func process(
        _ command: String, emit: @Sendable (String) -> Void, overflow: @Sendable () -> Void
    ) async -> Run {
        var run = newRun()
        let vector = arguments.vector(command: command)
        var options = PlatformOptions()
        // A terminal's interrupt is for the server, which then decides about its commands.
        options.createSession = true
        do {
            let result = try await Subprocess.run(
                .path(FilePath(vector[0])), arguments: Arguments(Array(vector.dropFirst())),
                // The launcher's own environment can be read inside, as that of process 1.
                environment: .custom(["PATH": "/usr/bin:/bin:/usr/sbin:/sbin"]), workingDirectory: "/",
                platformOptions: options, input: .inputWriter, output: .sequence, error: .combinedWithOutput
            ) { execution in
                for try await buffer in execution.standardOutput {
                    var bytes = buffer.withUnsafeBytes { Array($0) }
                    if !run.isReady {
                        guard let mark = bytes.firstIndex(of: SandboxArguments.ready) else {
                            run.complaint += String(decoding: bytes, as: UTF8.self).prefix(2_000)
                            continue
                        }
                        run.isReady = true
                        bytes.removeFirst(mark + 1)
                        _ = try await execution.standardInputWriter.write([0x0A])
                        try await execution.standardInputWriter.finish()
                    }
                    let piece = run.output.take(bytes)
                    if !piece.isEmpty { emit(piece) }
                    if run.output.isOver {
                        overflow()
                        try execution.send(signal: .kill)
                        return
                    }
                }
            }
            run.exitCode =
                switch result.terminationStatus {
                case .exited(let code): Int(code)
                case .signaled(let signal): 128 + Int(signal)
                }
        } catch {
            run.complaint += "\(error)"
        }
        let piece = run.output.finish()
        if !piece.isEmpty { emit(piece) }
        return run
    }

    private func newRun() -> Run {
        let policy = arguments.policy
        let (workspace, path) = (workspace, outputPath)
        return Run(
            output: CommandOutput(visible: policy.visibleOutput, total: policy.totalOutput) {
                (try? WorkspacePath(path)).flatMap { try? workspace.create($0) }
            })
    }

    private func outcome(
        _ run: Run, _ stop: Stop?, duration: Milliseconds, emit: (String) -> Void
    ) -> ToolOutcome {
        var output = run.output
        var kind: ToolOutcome.Kind = run.exitCode == 0 ? .succeeded : .failed
        if output.isCut {
            let rest = output.hasFile ? "; the rest is in \(outputPath)" : ""
            emit(output.note("[output cut at \(output.visible) bytes\(rest)]"))
        }
        switch stop {
        case .time:
            kind = .failed
            emit(output.note("[stopped: ran longer than \(Self.seconds(arguments.policy.wallClock)) s]"))
        case .output:
            kind = .failed
            emit(output.note("[stopped: printed more than \(output.total) bytes]"))
        // A command that had ended by itself before the cancellation reached it did what it did.
        case nil where Task.isCancelled && (run.exitCode ?? 137) == 137:
            kind = .cancelled
        case nil where !run.isReady || run.exitCode == nil:
            kind = .failed
            let reason = run.complaint.split(separator: "\n").joined(separator: "; ")
            emit(output.note("[the sandbox could not be started: \(reason); `holdfast doctor` says what to do]"))
            return ToolOutcome(kind, output: output.text, duration: duration)
        case nil: break
        }
        return ToolOutcome(kind, output: output.text, exitCode: run.exitCode, duration: duration)
    }

    private var outputPath: String {
        let name = call.prefix(100).map { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) ? $0 : "_" }
        return ".holdfast/output-\(String(name)).txt"
    }

    private static func seconds(_ time: Milliseconds) -> String {
        time % 1_000 == 0 ? "\(time / 1_000)" : "\(Double(time) / 1_000)"
    }

    /// The word to go may meet a launcher that is dead already; that must not end the server.
    private static let ignoreBrokenPipes: Void = { _ = signal(SIGPIPE, SIG_IGN) }()
}
