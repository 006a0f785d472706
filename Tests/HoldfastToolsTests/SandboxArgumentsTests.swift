import HoldfastCore
import Testing

@testable import HoldfastTools

@Suite struct SandboxArgumentsTests {
    private let policy = SandboxPolicy(size: .medium, limits: Limits())

    private func vector(isRoot: Bool, directories: [SandboxHost.Directory] = [.bound("/usr")]) -> [String] {
        let host = SandboxHost(isRoot: isRoot, directories: directories)
        return SandboxArguments(host: host, policy: policy, workspacePath: "/data/workspaces/s", user: 234_567)
            .vector(command: "echo 'a b'")
    }

    @Test func rootStepsDownBeforeTheSandboxIsBuilt() throws {
        let vector = vector(isRoot: true)
        #expect(vector[0] == "/usr/bin/unshare")
        let setpriv = try #require(vector.firstIndex(of: "/usr/bin/setpriv"))
        let bwrap = try #require(vector.firstIndex(of: "/usr/bin/bwrap"))
        #expect(
            vector[setpriv..<bwrap] == [
                "/usr/bin/setpriv", "--reuid", "234567", "--regid", "234567", "--clear-groups", "--inh-caps=-all",
                "--bounding-set=-all", "--no-new-privs",
            ])
        #expect(vector[bwrap...].contains(["--bind", "/mnt", "/workspace"]))
        #expect(!vector[bwrap...].contains("/data/workspaces/s"))
    }

    @Test func anUnprivilegedServerStartsBubblewrapDirectly() {
        let vector = vector(isRoot: false)
        #expect(vector[0] == "/bin/sh")
        #expect(!vector.contains("/usr/bin/setpriv"))
        #expect(vector.contains(["--bind", "/data/workspaces/s", "/workspace"]))
    }

    @Test(arguments: [true, false])
    func everyWallIsThere(isRoot: Bool) {
        let vector = vector(isRoot: isRoot)
        for flag in [
            "--unshare-all", "--unshare-user", "--disable-userns", "--new-session", "--die-with-parent", "--clearenv",
        ] {
            #expect(vector.contains(flag))
        }
        #expect(vector.contains(["--cap-drop", "ALL"]))
        #expect(vector.contains(["--ro-bind", "/proc/sys", "/proc/sys"]))
        #expect(vector.contains(["--remount-ro", "/dev"]))
        #expect(vector.contains(["--remount-ro", "/"]))
        #expect(vector.contains(["--size", "268435456", "--tmpfs", "/tmp"]))
        #expect(vector.contains(["--size", "268435456", "--tmpfs", "/dev/shm"]))
        #expect(vector.contains(["--chdir", "/workspace"]))
    }

    @Test func onlyTheWorkspaceIsBoundWritable() {
        let vector = vector(isRoot: false, directories: [.bound("/usr"), .link("/bin", target: "usr/bin")])
        #expect(vector.count { $0 == "--bind" } == 1)
        #expect(vector.contains(["--ro-bind", "/usr", "/usr"]))
        #expect(vector.contains(["--symlink", "usr/bin", "/bin"]))
    }

    @Test func theCommandIsOneArgumentOfItsOwn() {
        let vector = vector(isRoot: true)
        #expect(vector.last == "echo 'a b'")
        #expect(Array(vector.suffix(6).prefix(3)) == ["--", "/bin/bash", "-c"])
    }

    @Test func limitsStandInThePrelude() {
        let lines = SandboxArguments.prelude(policy).split(separator: "\n")
        #expect(lines.contains("ulimit -c 0 2>/dev/null"))
        #expect(lines.contains("ulimit -d 2097152 2>/dev/null"))
        #expect(lines.contains("ulimit -v 8388608 2>/dev/null"))
        #expect(lines.contains("ulimit -t 240 2>/dev/null"))
        #expect(lines.contains("ulimit -u 256 2>/dev/null"))
        #expect(lines.contains("ulimit -n 1024 2>/dev/null"))
        #expect(lines.contains("ulimit -f 1048576 2>/dev/null"))
    }

    @Test func tiersGrow() {
        let tiers = SandboxPolicy.Size.allCases.map { SandboxPolicy(size: $0, limits: Limits()) }
        for (smaller, larger) in zip(tiers, tiers.dropFirst()) {
            #expect(smaller.memory < larger.memory)
            #expect(smaller.processorSeconds < larger.processorSeconds)
            #expect(smaller.processes < larger.processes)
            #expect(smaller.temporaryBytes < larger.temporaryBytes)
        }
    }

    @Test func sessionsHaveStableHighIDs() {
        #expect(SandboxUser.id(session: "sess_1") == SandboxUser.id(session: "sess_1"))
        let ids = Set((0..<1_000).map { SandboxUser.id(session: "sess_\($0)") })
        #expect(ids.count > 980)
        #expect(ids.allSatisfy { 200_000..<300_000 ~= $0 })
    }
}
