import Foundation
import HoldfastCore
import Testing

@testable import HoldfastTools

@Suite struct SandboxLimitTests {
    @Test func aForkBombEndsByTheProcessLimit() async throws {
        let fixture = try await ToolsFixture()
        let mark = uniqueSleep()
        let outcome = try await fixture.run("for i in {1..500}; do sleep \(mark) & done; wait") {
            $0.processes = 32
            $0.wallClock = 3_000
        }
        #expect(outcome.kind == .failed)
        #expect(outcome.output.contains("Resource temporarily unavailable"))
        #expect(await eventually { processes(withArgument: mark) == 0 })
        let control = try await fixture.run("for i in {1..20}; do sleep \(mark) & done; echo started") {
            $0.processes = 32
        }
        #expect(control.output == "started\n")
        #expect(control.kind == .succeeded)
    }

    @Test func aMemoryBombEndsByTheMemoryLimit() async throws {
        let fixture = try await ToolsFixture()
        // tail holds a line as a whole, and this one has no end.
        let bomb = "head -c 200M /dev/zero | tail -n 1 | wc -c; exit ${PIPESTATUS[1]}"
        let outcome = try await fixture.run(bomb) { $0.memory = 64 << 20 }
        #expect(outcome.kind == .failed)
        #expect(outcome.output.contains("memory exhausted"))
        let control = try await fixture.run(bomb) { $0.memory = 512 << 20 }
        #expect(control.output == "209715200\n")
    }

    @Test func processorTimeIsLimited() async throws {
        let fixture = try await ToolsFixture()
        let outcome = try await fixture.run("while :; do :; done") { $0.processorSeconds = 1 }
        #expect(outcome.exitCode == 137 || outcome.exitCode == 152)
        #expect(outcome.kind == .failed)
    }

    @Test func temporarySpaceIsLimited() async throws {
        let fixture = try await ToolsFixture()
        for folder in ["/tmp", "/dev/shm"] {
            let outcome = try await fixture.run("head -c 3M /dev/zero > \(folder)/x") { $0.temporaryBytes = 1 << 20 }
            #expect(outcome.output.contains("No space left on device"))
            let control = try await fixture.run("head -c 3M /dev/zero > \(folder)/x") { $0.temporaryBytes = 4 << 20 }
            #expect(control.kind == .succeeded)
        }
    }

    @Test func aFullWorkspaceLetsCommandsDeleteOnly() async throws {
        let fixture = try await ToolsFixture { $0.workspaceBytes = 1 << 20 }
        let bomb = await fixture.shell("head -c 3M /dev/zero > big")
        #expect(bomb.exitCode == 128 + 25)  // SIGXFSZ
        let write = await fixture.call("write_file", ["path": "x", "content": "y"])
        #expect(write.kind == .failed)
        #expect(write.output.contains("full"))
        #expect((await fixture.shell("echo x > small")).kind == .failed)
        #expect((await fixture.shell("rm big small && echo freed")).output == "freed\n")
        #expect((await fixture.shell("echo x > small")).kind == .succeeded)
    }

    @Test func wallClockTimeIsLimited() async throws {
        let fixture = try await ToolsFixture()
        let mark = uniqueSleep()
        let outcome = await fixture.call("shell", ["command": .string("sleep \(mark)"), "timeout_ms": 500])
        #expect(outcome.kind == .failed)
        #expect(outcome.output == "[stopped: ran longer than 0.5 s]")
        #expect(try #require(outcome.duration) < 10_000)
        #expect(await eventually { processes(withArgument: mark) == 0 })
    }

    @Test func theServersTimeLimitHoldsWhateverTheModelSays() async throws {
        let fixture = try await ToolsFixture { $0.commandTime = 8_000 }
        let outcome = await fixture.call("shell", ["command": "echo begun; sleep 86400", "timeout_ms": 3_600_000])
        #expect(outcome.output == "begun\n[stopped: ran longer than 8 s]")
    }

    @Test func closingTheOutputDoesNotEscapeTheClock() async throws {
        let fixture = try await ToolsFixture()
        let outcome = await fixture.call(
            "shell", ["command": "trap '' TERM INT HUP; exec >&- 2>&-; sleep 86400", "timeout_ms": 500])
        #expect(outcome.output == "[stopped: ran longer than 0.5 s]")
    }
}
