import Foundation
import Glibc
import HoldfastCore
import Testing

@testable import HoldfastTools

/// Each probe prints OPEN when it gets through. Its control runs the same script outside, where it must: a probe that
/// cannot succeed anywhere proves nothing. The controls need root, as does the server's own stepping down.
@Suite struct IsolationTests {
    struct Probe: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var script: String

        init(_ name: String, _ script: String) {
            testDescription = name
            self.script = script
        }
    }

    static let probes = [
        Probe("read /etc/shadow", "head -c1 /etc/shadow >/dev/null && echo OPEN"),
        Probe("list root's home", "ls -A /root >/dev/null && echo OPEN"),
        Probe("write /usr", "touch /usr/holdfast-probe && rm /usr/holdfast-probe && echo OPEN"),
        Probe("write /", "touch /holdfast-probe && rm /holdfast-probe && echo OPEN"),
        Probe("write /etc", "touch /etc/holdfast-probe && rm /etc/holdfast-probe && echo OPEN"),
        Probe("write /dev", "touch /dev/holdfast-probe && rm /dev/holdfast-probe && echo OPEN"),
        Probe(
            "write core_pattern",
            "p=$(cat /proc/sys/kernel/core_pattern); printf '%s' \"$p\" > /proc/sys/kernel/core_pattern && echo OPEN"),
        Probe(
            "write vm.swappiness", "p=$(cat /proc/sys/vm/swappiness); echo $p > /proc/sys/vm/swappiness && echo OPEN"),
        Probe("signal the server", "kill -0 \(getpid()) && echo OPEN"),
        Probe("see the server", "[ -e /proc/\(getpid()) ] && echo OPEN"),
        Probe("a user namespace", "unshare --user --map-root-user true && echo OPEN"),
        Probe("mount", "unshare --mount mount -t tmpfs none /tmp && echo OPEN"),
        Probe("device nodes", "[ -e /dev/mem ] || [ -e /dev/kmsg ] && echo OPEN"),
        Probe("make a device node", "mknod \"$PWD/node\" c 1 3 && rm \"$PWD/node\" && echo OPEN"),
        Probe("be root", "[ $(id -u) = 0 ] && echo OPEN"),
        Probe("capabilities", "grep -q 'CapEff:.*[1-9a-f]' /proc/self/status && echo OPEN"),
        Probe("a network interface besides lo", "ls /sys/class/net 2>/dev/null | grep -qv '^lo$' && echo OPEN"),
    ]

    @Test(arguments: probes)
    func isClosed(probe: Probe) async throws {
        let fixture = try await ToolsFixture()
        let outcome = await fixture.shell("\(probe.script); echo ran")
        #expect(outcome.output.hasSuffix("ran\n"))
        #expect(!outcome.output.contains("OPEN"))
        #expect(try outsideSandbox(probe.script).contains("OPEN"), "the control must get through")
    }

    @Test func otherWorkspacesAreOutOfReach() async throws {
        let fixture = try await ToolsFixture()
        try await fixture.runner.prepare(fixture.environment, session: "two")
        try fixture.workspace("two").write(WorkspacePath("mine.txt"), "OPEN".utf8)
        let path = fixture.path("mine.txt", session: "two")
        let script = "cat \(path) /proc/1/root\(path) /workspace/../two/mine.txt /mnt/../two/mine.txt"
        #expect(!(await fixture.shell(script)).output.contains("OPEN"))
        #expect(try outsideSandbox(script).contains("OPEN"))
    }

    @Test func theDataDirectoryIsOutOfReach() async throws {
        let fixture = try await ToolsFixture()
        try "OPEN".write(toFile: "\(fixture.data)/holdfast.db", atomically: true, encoding: .utf8)
        let script = "cat \(fixture.data)/holdfast.db /proc/1/root\(fixture.data)/holdfast.db"
        #expect(!(await fixture.shell(script)).output.contains("OPEN"))
        #expect(try outsideSandbox(script).contains("OPEN"))
    }

    @Test func listenersOfTheHostAreOutOfReach() async throws {
        let fixture = try await ToolsFixture()
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = INADDR_ANY
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let port = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                #expect(bind(listener, address, length) == 0)
                #expect(listen(listener, 8) == 0)
                #expect(getsockname(listener, address, &length) == 0)
            }
            return UInt16(bigEndian: pointer.pointee.sin_port)
        }
        let script = "exec 3<>/dev/tcp/127.0.0.1/\(port) && echo OPEN"
        let outcome = await fixture.shell(script)
        #expect(!outcome.output.contains("OPEN"))
        #expect(outcome.exitCode != 0)
        #expect(try outsideSandbox(script).contains("OPEN"))
    }

    @Test func secretsOfTheEnvironmentAreNotVisible() async throws {
        let fixture = try await ToolsFixture()
        setenv("HOLDFAST_TEST_SECRET", "hunter2", 1)
        let script = "env; cat /proc/[0-9]*/environ | tr '\\0' '\\n'"
        #expect(!(await fixture.shell(script)).output.contains("hunter2"))
        #expect(try outsideSandbox(script).contains("hunter2"))
    }

    @Test func openDescriptorsAreNotVisible() async throws {
        let fixture = try await ToolsFixture()
        let file = open("/etc/shadow", O_RDONLY)
        defer { close(file) }
        // A number that nothing else takes, and inherited by default.
        let inherited = fcntl(file, F_DUPFD, 500)
        defer { close(inherited) }
        let script = "for p in /proc/[0-9]*; do [ -e $p/fd/\(inherited) ] && echo OPEN; done; true"
        #expect(!(await fixture.shell(script)).output.contains("OPEN"))
        #expect(try outsideSandbox(script).contains("OPEN"))
        let listing = await fixture.shell("echo /proc/self/fd/*; echo /proc/1/fd/*")
        #expect(!listing.output.contains("/\(inherited)"))
    }

    @Test func theEnvironmentIsTheOneOfThePolicy() async throws {
        let fixture = try await ToolsFixture()
        let lines = await fixture.shell("env").output.split(separator: "\n")
        let names = lines.compactMap { $0.split(separator: "=").first }
        #expect(Set(names).subtracting(["_", "SHLVL", "PWD", "OLDPWD"]) == ["PATH", "HOME", "LANG", "USER", "TMPDIR"])
        let outcome = await fixture.shell("pwd; echo $HOME; whoami; hostname; umask; ls -A /")
        #expect(outcome.output.hasPrefix("/workspace\n/workspace\nagent\nsandbox\n0022\n"))
        #expect(!outcome.output.contains("home"))
    }

    @Test func filesOfCommandsBelongToTheSessionsUser() async throws {
        let fixture = try await ToolsFixture()
        #expect((await fixture.shell("touch made")).kind == .succeeded)
        var status = stat()
        #expect(stat(fixture.path("made"), &status) == 0)
        #expect(status.st_uid == (getuid() == 0 ? SandboxUser.id(session: "one") : getuid()))
    }
}
