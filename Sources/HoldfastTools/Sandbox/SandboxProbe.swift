import Glibc
import HoldfastCore
import Subprocess
import SystemPackage

/// What this machine can do for the sandbox, with a remedy for everything that is missing. Used by `holdfast doctor`
/// and when the server starts.
public struct SandboxProbe: Sendable, Equatable {
    /// One thing that was looked at.
    public struct Check: Sendable, Equatable {
        public var name: String
        public var isPassed: Bool
        /// What was found.
        public var detail: String
        /// What to do, when it did not pass.
        public var remedy: String?
    }

    public var checks: [Check]
    /// What the sandbox is built from; `nil` when it cannot be had here.
    public var host: SandboxHost?

    public init(checks: [Check], host: SandboxHost?) {
        self.checks = checks
        self.host = host
    }

    /// Whether commands can run.
    public var isAvailable: Bool { host != nil }

    /// What is missing and what to do, for a person; empty when nothing is.
    public var remedy: String {
        checks.filter { !$0.isPassed }.map { "\($0.name): \($0.detail). \($0.remedy ?? "")" }.joined(separator: "\n")
    }

    /// Looks at the machine and runs `true` in the full sandbox.
    ///
    /// - Parameter scratch: A directory for the trial's workspace; the data directory is the honest choice, because
    ///   its file system is the one that has to work.
    public static func run(scratch: String = "/tmp") async -> SandboxProbe {
        let isRoot = geteuid() == 0
        var checks: [Check] = []
        let bubblewrap = program("bwrap", package: "bubblewrap", into: &checks)
        if let bubblewrap { checks.append(await version(of: bubblewrap)) }
        var host: SandboxHost?
        _ = program("bash", package: "bash", into: &checks)
        if isRoot {
            let setpriv = program("setpriv", package: "util-linux", into: &checks)
            let unshare = program("unshare", package: "util-linux", into: &checks)
            let mount = program("mount", package: "mount", into: &checks)
            if let bubblewrap, let setpriv, let unshare, let mount {
                host = SandboxHost(
                    isRoot: true, bubblewrap: bubblewrap, setpriv: setpriv, unshare: unshare, mount: mount,
                    directories: SandboxHost.systemDirectories())
            }
        } else if let bubblewrap {
            host = SandboxHost(isRoot: false, bubblewrap: bubblewrap, directories: SandboxHost.systemDirectories())
        }
        checks.append(userNamespaces())
        guard let candidate = host, checks.allSatisfy(\.isPassed) else {
            return SandboxProbe(checks: checks, host: nil)
        }
        let trial = await trial(candidate, scratch: scratch)
        guard !trial.isPassed else { return SandboxProbe(checks: checks + [trial], host: candidate) }
        return SandboxProbe(checks: checks + switches() + [trial], host: nil)
    }

    private static func program(_ name: String, package: String, into checks: inout [Check]) -> String? {
        let path = SandboxHost.find(name)
        checks.append(
            Check(
                name: name, isPassed: path != nil, detail: path ?? "not found on PATH or in /usr/bin",
                remedy: path == nil ? "Install it: apt-get install \(package)" : nil))
        return path
    }

    private static func version(of bubblewrap: String) async -> Check {
        let result = try? await Subprocess.run(
            .path(FilePath(bubblewrap)), arguments: ["--version"], output: .string(limit: 200))
        let text = (result?.standardOutput ?? "").split(whereSeparator: \.isWhitespace).last.map(String.init) ?? ""
        let numbers = text.split(separator: ".").compactMap { Int($0) }
        let isEnough = numbers.count >= 2 && (numbers[0], numbers[1]) >= (0, 8)
        return Check(
            name: "bwrap version", isPassed: isEnough, detail: text.isEmpty ? "not readable" : text,
            remedy: isEnough ? nil : "bubblewrap 0.8.0 or newer is needed (--disable-userns)")
    }

    private static func userNamespaces() -> Check {
        let maximum = setting("/proc/sys/user/max_user_namespaces")
        let isEnabled = maximum.flatMap { Int($0) } ?? 0 > 0
        return Check(
            name: "user namespaces", isPassed: isEnabled, detail: "user.max_user_namespaces = \(maximum ?? "?")",
            remedy: isEnabled ? nil : "sysctl -w user.max_user_namespaces=10000")
    }

    /// Distributions' own switches. They only explain a failed trial: a profile for bwrap can lift them.
    private static func switches() -> [Check] {
        [("unprivileged_userns_clone", "0"), ("apparmor_restrict_unprivileged_userns", "1")].compactMap { key, bad in
            guard setting("/proc/sys/kernel/\(key)") == bad else { return nil }
            return Check(
                name: "kernel.\(key)", isPassed: false, detail: "is \(bad)",
                remedy: "sysctl -w kernel.\(key)=\(bad == "0" ? "1" : "0")")
        }
    }

    private static func trial(_ host: SandboxHost, scratch: String) async -> Check {
        var failed = Check(
            name: "trial run", isPassed: false, detail: "",
            remedy: host.isRoot
                ? "The server needs CAP_SYS_ADMIN, CAP_SETUID, CAP_SETGID and CAP_CHOWN, an unmasked /proc and a /mnt; "
                    + "in a container run it as an unprivileged user with user namespaces allowed, or on the host"
                : "User namespaces must be allowed for this user and /proc must not be masked "
                    + "(in a container: a seccomp and AppArmor profile that allows them)")
        do {
            let folder = "\(scratch)/holdfast-probe-\(UInt64.random(in: 0 ... .max))"
            guard mkdir(folder, 0o700) == 0 else { throw SystemCall.Failure(code: errno) }
            defer { Self.clean(folder) }
            let workspaces = Workspaces(dataDirectory: folder, capacity: 1 << 20, isRoot: host.isRoot)
            let workspace = try workspaces.make(session: "probe")
            var policy = SandboxPolicy(size: .small, limits: Limits())
            policy.wallClock = 20_000
            let command = SandboxedCommand(host: host, policy: policy, workspace: workspace, call: "probe")
            let outcome = await command.run("true && : > written") { _ in }
            try workspaces.remove(session: "probe")
            guard outcome.kind != .succeeded else {
                return Check(name: "trial run", isPassed: true, detail: "\(outcome.duration ?? 0) ms", remedy: nil)
            }
            failed.detail = outcome.output.isEmpty ? "exit code \(outcome.exitCode ?? -1)" : outcome.output
        } catch {
            failed.detail = "\(scratch): \((error as? SystemCall.Failure)?.text ?? "\(error)")"
        }
        return failed
    }

    private static func clean(_ folder: String) {
        rmdir("\(folder)/workspaces")
        rmdir(folder)
    }

    private static func setting(_ path: String) -> String? {
        guard let file = try? SystemCall.open(AT_FDCWD, path, O_RDONLY),
            let bytes = try? SystemCall.read(file, count: 64)
        else { return nil }
        return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace).first.map(String.init)
    }
}
