import Foundation
import HoldfastCore
import Logging
import Synchronization
import Testing

@testable import HoldfastTools

@Suite struct RunnerTests {
    private let absent = SandboxProbe(
        checks: [.init(name: "bwrap", isPassed: false, detail: "not found", remedy: "apt-get install bubblewrap")],
        host: nil)

    private func runner(_ probe: SandboxProbe, data: String = "/nonexistent") -> BuiltinToolRunner {
        BuiltinToolRunner(dataDirectory: data, limits: Limits(), probe: probe, logger: Logger(label: "test"))
    }

    private func clock(_ arguments: String) async -> ToolOutcome {
        await runner(absent).run(
            ToolInvocation(
                session: "s", environment: .none, call: "c", attempt: 1, name: "clock", arguments: arguments)
        ) { _ in }
    }

    /// Counts how many are inside at once.
    private final class Gauge: Sendable {
        private let state = Mutex((inside: 0, most: 0))

        var most: Int { state.withLock { $0.most } }

        func enter() { state.withLock { $0 = ($0.inside + 1, max($0.most, $0.inside + 1)) } }

        func leave() { state.withLock { $0.inside -= 1 } }
    }

    @Test func toolsOfAnEnvironment() {
        let runner = runner(absent)
        #expect(runner.tools(in: .none).map(\.definition.name) == ["clock"])
        let hosted = runner.tools(in: SessionEnvironment(kind: .hosted))
        #expect(
            hosted.map(\.definition.name) == [
                "shell", "read_file", "write_file", "apply_patch", "list_files", "clock",
            ])
        #expect(
            hosted.map(\.server.effectClass) == [.atMostOnce, .read, .atMostOnce, .atMostOnce, .read, .read])
        #expect(hosted.map(\.server.presentation) == [.command, .call, .call, .call, .call, .call])
        for tool in hosted {
            let required = tool.definition.parameters["required"]?.array ?? []
            #expect(required.allSatisfy { tool.definition.parameters["properties"]?[$0.string ?? ""] != nil })
            #expect(tool.definition.parameters["additionalProperties"] == false)
        }
    }

    @Test func withoutASandboxNothingIsPrepared() async throws {
        let runner = runner(absent)
        try await runner.prepare(.none, session: "s")
        await #expect(
            throws: ToolError(
                "this server has no sandbox for commands.\nbwrap: not found. apt-get install bubblewrap")
        ) { try await runner.prepare(SessionEnvironment(kind: .hosted), session: "s") }
        await #expect(throws: ToolError.self) {
            try await runner.prepare(SessionEnvironment(kind: .hosted, size: "huge"), session: "s")
        }
    }

    @Test func preparingAgainKeepsTheFiles() async throws {
        let fixture = try await ToolsFixture()
        #expect((await fixture.shell("echo kept > f")).kind == .succeeded)
        try await fixture.runner.prepare(fixture.environment, session: "one")
        #expect((await fixture.shell("cat f")).output == "kept\n")
        await fixture.runner.remove(fixture.environment, session: "one")
        #expect((await fixture.shell("cat f")).kind == .failed)
        try await fixture.runner.prepare(fixture.environment, session: "one")
        #expect((await fixture.shell("ls -A")).output == "")
    }

    @Test(
        arguments: [
            ("shell", "{}", "'command' is required"),
            ("shell", "[]", "shell: the arguments must be an object, not an array"),
            ("shell", #"{"command": 1}"#, "'command' must be a string, not an integer"),
            (
                "shell", #"{"command": "true", "cwd": "/"}"#,
                "shell: unknown argument 'cwd'; there are: command, timeout_ms"
            ),
            ("shell", #"{"command": "true", "timeout_ms": 0}"#, "'timeout_ms' must be an integer, 1 or more"),
            ("shell", #"{"command": "a\u0000b"}"#, nil),
            ("read_file", #"{"path": "f", "offset": "1"}"#, "'offset' must be an integer, 1 or more"),
            ("write_file", #"{"path": "f"}"#, "'content' is required"),
            ("list_files", #"{"recursive": "yes"}"#, "'recursive' must be a boolean, not a string"),
            ("apply_patch", "{", "apply_patch: the arguments are no JSON: expected a member name at byte 1"),
            (
                "clock", #"{"timezone": "Mars/Olympus"}"#,
                "'timezone' must be an IANA name such as Europe/Berlin; 'Mars/Olympus' is none"
            ),
            ("fly", "{}", "there is no tool 'fly' in this environment"),
        ] as [(String, String, String?)])
    func wrongArgumentsAreFailedOutcomes(name: String, arguments: String, message: String?) async throws {
        let fixture = try await ToolsFixture()
        let outcome = await fixture.runner.run(
            ToolInvocation(
                session: "one", environment: fixture.environment, call: "c", attempt: 1, name: name,
                arguments: arguments)
        ) { _ in }
        #expect(outcome.kind == .failed)
        if let message { #expect(outcome.output == message) }
    }

    @Test func workspaceToolsNeedAnEnvironment() async throws {
        let fixture = try await ToolsFixture()
        let outcome = await fixture.runner.run(
            ToolInvocation(
                session: "one", environment: .none, call: "c", attempt: 1, name: "shell",
                arguments: #"{"command":"true"}"#)
        ) { _ in }
        #expect(outcome == ToolOutcome(.failed, output: "there is no tool 'shell' in this environment"))
    }

    @Test func theClockTellsTheTime() async throws {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        for arguments in ["", "{}", #"{"timezone": null}"#, #"{"timezone": "UTC"}"#] {
            let outcome = await clock(arguments)
            #expect(outcome.output.hasSuffix("Z"))
            #expect(abs(try style.parse(outcome.output).timeIntervalSinceNow) < 5)
        }
        let tokyo = await clock(#"{"timezone": "Asia/Tokyo"}"#)
        #expect(tokyo.output.hasSuffix("+09:00"))
        #expect(abs(try style.parse(tokyo.output).timeIntervalSinceNow) < 5)
    }

    @Test(
        arguments: [
            (0, 0, "1970-01-01T00:00:00.000Z"), (-1, 0, "1969-12-31T23:59:59.999Z"),
            (951_782_399_999, 0, "2000-02-28T23:59:59.999Z"), (951_782_400_000, 0, "2000-02-29T00:00:00.000Z"),
            (1_795_439_702_123, 3_600, "2026-11-23T14:15:02.123+01:00"),
            (1_795_439_702_123, -12_600, "2026-11-23T09:45:02.123-03:30"),
            (4_107_542_400_000, 0, "2100-03-01T00:00:00.000Z"),
        ] as [(Int64, Int, String)])
    func timesAsText(milliseconds: Int64, offset: Int, expected: String) {
        #expect(RFC3339.text(milliseconds, offset: offset) == expected)
    }

    @Test func slotsBoundWhatRunsAndServeInOrder() async {
        let slots = CommandSlots(3)
        let gauge = Gauge()
        let results = await withTaskGroup(of: Int?.self) { group in
            for number in 0..<50 {
                group.addTask {
                    await slots.run {
                        gauge.enter()
                        for _ in 0..<20 { await Task.yield() }
                        gauge.leave()
                        return number
                    }
                }
            }
            return await group.reduce(into: Set<Int?>()) { $0.insert($1) }
        }
        #expect(results == Set((0..<50).map { $0 }))
        #expect(gauge.most == 3)
    }

    @Test func aCancelledWaiterTakesNoSlot() async {
        let slots = CommandSlots(1)
        let (stream, release) = AsyncStream<Void>.makeStream()
        let gauge = Gauge()
        let holder = Task {
            await slots.run {
                gauge.enter()
                for await _ in stream {}
                return 1
            }
        }
        #expect(await eventually { gauge.most == 1 })
        let waiter = Task { await slots.run { 2 } }
        waiter.cancel()
        #expect(await waiter.value == nil)
        release.finish()
        #expect(await holder.value == 1)
        #expect(await slots.run { 3 } == 3)
    }

    @Test func theProbeKnowsThisMachine() async throws {
        let probe = await SandboxProbe.run()
        #expect(probe.isAvailable, "\(probe.remedy)")
        #expect(probe.remedy == "")
        #expect(probe.checks.map(\.name).contains("trial run"))
        #expect(probe.checks.allSatisfy { $0.isPassed && $0.remedy == nil })
        let nowhere = await SandboxProbe.run(scratch: "/nonexistent")
        #expect(!nowhere.isAvailable)
        #expect(nowhere.remedy.contains("/nonexistent: No such file or directory"))
    }

    @Test func aLauncherThatFailsSaysWhy() async throws {
        let fixture = try await ToolsFixture()
        var host = try #require(fixture.probe.host)
        host.directories.append(.bound("/no-such-directory"))
        let policy = SandboxPolicy(size: .small, limits: Limits())
        let command = SandboxedCommand(host: host, policy: policy, workspace: try fixture.workspace(), call: "c")
        let outcome = await command.run("touch ran") { _ in }
        #expect(outcome.kind == .failed)
        #expect(
            outcome.output.contains(
                "the sandbox could not be started: bwrap: Can't find source path /no-such-directory"))
        #expect(outcome.exitCode == nil)
    }
}
