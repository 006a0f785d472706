import Foundation
import Glibc
import HoldfastCore
import Synchronization
import Testing

@testable import HoldfastTools

@Suite struct SandboxLifetimeTests {
    /// What the thread of a control has to tell.
    private final class SpawnedChild: Sendable {
        let id = Mutex<pid_t>(0)
        let sawItRun = Mutex(false)
    }

    @Test func cancellationEndsEverythingInside() async throws {
        let fixture = try await ToolsFixture()
        let mark = uniqueSleep()
        let emitted = Emitted()
        let command = "trap '' TERM INT HUP; (setsid sleep \(mark) &); echo started; sleep \(mark)"
        let task = Task { await fixture.call("shell", ["command": .string(command)], emit: emitted.add) }
        #expect(await emitted.contains("started"))
        #expect(await eventually { processes(withArgument: mark) == 2 })
        task.cancel()
        let outcome = await task.value
        #expect(outcome.kind == .cancelled)
        #expect(outcome.output == "started\n")
        #expect(await eventually { processes(withArgument: mark) == 0 })
    }

    @Test func cancellationBeforeTheStartRunsNothing() async throws {
        let fixture = try await ToolsFixture()
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await fixture.shell("touch ran")
        }
        #expect(await task.value.kind == .cancelled)
        #expect(access(fixture.path("ran"), F_OK) != 0)
    }

    @Test func backgroundProcessesEndWithTheCommand() async throws {
        let fixture = try await ToolsFixture()
        let mark = uniqueSleep()
        let outcome = await fixture.shell("setsid sleep \(mark) & disown; echo done")
        #expect(outcome.output == "done\n")
        #expect(outcome.kind == .succeeded)
        #expect(await eventually { processes(withArgument: mark) == 0 })
    }

    @Test func twentyCommandsAtOnce() async throws {
        let fixture = try await ToolsFixture()
        let outputs = await withTaskGroup(of: (Int, ToolOutcome).self) { group in
            for number in 0..<20 {
                group.addTask { (number, await fixture.shell("echo \(number) > f\(number); cat f\(number)")) }
            }
            return await group.reduce(into: [Int: String]()) { $0[$1.0] = $1.1.output }
        }
        #expect(outputs == Dictionary(uniqueKeysWithValues: (0..<20).map { ($0, "\($0)\n") }))
    }

    /// `--die-with-parent` means the spawning thread. Threads come and go here while commands run.
    @Test func commandsOutliveTheThreadsThatStartedThem() async throws {
        let fixture = try await ToolsFixture { $0.concurrentCommands = 32 }
        let mark = uniqueSleep()
        let tasks = (0..<20).map { _ in Task { await fixture.shell("sleep \(mark)") } }
        #expect(await eventually { processes(withArgument: mark) == 20 })
        for _ in 0..<5 {
            let threads = (0..<20).map { _ in Thread {} }
            threads.forEach { $0.start() }
            #expect(await eventually { threads.allSatisfy(\.isFinished) })
            #expect((await fixture.shell("echo more")).output == "more\n")
        }
        #expect(processes(withArgument: mark) == 20)
        tasks.forEach { $0.cancel() }
        for task in tasks { #expect(await task.value.kind == .cancelled) }
        #expect(await eventually { processes(withArgument: mark) == 0 })
    }

    /// The control of the test above: spawned by a thread that ends, bubblewrap is killed with it.
    @Test func aThreadThatEndsTakesItsSandboxWithIt() async throws {
        let fixture = try await ToolsFixture()
        let bubblewrap = try #require(fixture.probe.host).bubblewrap
        let mark = uniqueSleep()
        let child = SpawnedChild()
        let thread = Thread {
            let arguments = [
                bubblewrap, "--die-with-parent", "--unshare-pid", "--dev-bind", "/", "/", "--", "sleep", mark,
            ]
            var pointers = arguments.map { strdup($0) } + [nil]
            defer { pointers.forEach { free($0) } }
            var process: pid_t = 0
            guard posix_spawn(&process, bubblewrap, nil, nil, &pointers, environ) == 0 else { return }
            child.id.withLock { $0 = process }
            let deadline = ContinuousClock.now + .seconds(10)
            while processes(withArgument: mark) < 3, ContinuousClock.now < deadline { sched_yield() }
            child.sawItRun.withLock { $0 = processes(withArgument: mark) == 3 }
        }
        thread.start()
        #expect(await eventually { thread.isFinished })
        #expect(child.sawItRun.withLock { $0 })
        #expect(await eventually { processes(withArgument: mark) == 0 })
        // A zombie would keep the exit test's monitor busy for ever.
        let process = child.id.withLock { $0 }
        #expect(await eventually { waitpid(process, nil, WNOHANG) == process })
    }

    /// The server is killed, nothing can clean up, and nothing is left.
    @Test func aKilledServerLeavesNoOrphan() async throws {
        let mark = uniqueSleep()
        await #expect(processExitsWith: .signal(SIGKILL)) { [mark = mark as String] in
            let fixture = try await ToolsFixture()
            let task = Task { await fixture.shell("(setsid sleep \(mark) &); sleep \(mark)") }
            // Killing itself before the command runs would prove nothing.
            guard await eventually({ processes(withArgument: mark) == 2 }) else { exit(1) }
            kill(getpid(), SIGKILL)
            _ = await task.value
        }
        #expect(await eventually { processes(withArgument: mark) == 0 })
    }

    /// A sandbox whose server is gone before it stands gets no word to go, and must not run the command.
    @Test func withoutTheWordToGoNothingRuns() async throws {
        let fixture = try await ToolsFixture()
        let host = try #require(fixture.probe.host)
        let arguments = SandboxArguments(
            host: host, policy: SandboxPolicy(size: .small, limits: Limits()),
            workspacePath: try fixture.workspace().path, user: SandboxUser.id(session: "one"))
        func script(_ input: String) -> String {
            let words = arguments.vector(command: "touch ran").map { "'\($0.replacing("'", with: "'\\''"))'" }
            return "\(words.joined(separator: " ")) < \(input); echo $?"
        }
        #expect(try outsideSandbox(script("/dev/null")).hasSuffix("125\n"))
        #expect(access(fixture.path("ran"), F_OK) != 0)
        let go = "\(fixture.data)/go"
        try "\n".write(toFile: go, atomically: true, encoding: .utf8)
        #expect(try outsideSandbox(script(go)).hasSuffix("0\n"))
        #expect(access(fixture.path("ran"), F_OK) == 0)
    }
}
