/// Builds the argument vector of a sandboxed command. No effects: everything that it says can be tested as a value.
///
/// As root the chain is `unshare` (a private mount namespace) → `sh` (binds the workspace to a path that an
/// unprivileged user can reach, whatever the modes above it) → `setpriv` (a uid of the session's own) → `bwrap`.
/// Each step replaces the one before, so the process that the server started is `bwrap` itself. Root must step down
/// first: started by root, bubblewrap leaves `/proc/sys` writable to the sandbox.
public struct SandboxArguments: Sendable {
    /// The path that a command sees its workspace at.
    public static let workspace = "/workspace"
    /// Printed by the prelude when the sandbox stands. Everything before it is the launcher's own complaint.
    static let ready: UInt8 = 0x01
    /// Where root's private mount namespace holds the workspace, for the user that has no way to its real path.
    private static let staging = "/mnt"
    private static let path = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin"
    /// Who a command is, inside. Outside it is the session's own uid.
    private static let innerUser = 1_000

    public var host: SandboxHost
    public var policy: SandboxPolicy
    /// The workspace's path on the host.
    public var workspacePath: String
    /// The unprivileged uid and gid; used only when the server is root.
    public var user: UInt32

    public init(host: SandboxHost, policy: SandboxPolicy, workspacePath: String, user: UInt32) {
        self.host = host
        self.policy = policy
        self.workspacePath = workspacePath
        self.user = user
    }

    /// The program and its arguments that run `command` with bash in the sandbox.
    public func vector(command: String) -> [String] {
        launcher + bubblewrap + ["--", "/bin/bash", "-c", Self.prelude(policy), "holdfast", command]
    }

    private var launcher: [String] {
        guard host.isRoot else { return ["/bin/sh", "-c", Self.files, "holdfast"] }
        let script = #"""
            "$1" --no-mtab --no-canonicalize --bind "$2" \#(Self.staging) || exit 125
            shift 2
            """#
        let identity = String(user)
        return [host.unshare, "--mount", "--propagation", "private", "/bin/sh", "-c", "\(script)\n\(Self.files)"]
            + ["holdfast", host.mount, workspacePath]
            + [host.setpriv, "--reuid", identity, "--regid", identity, "--clear-groups"]
            + ["--inh-caps=-all", "--bounding-set=-all", "--no-new-privs"]
    }

    private var bubblewrap: [String] {
        let temporary = String(policy.temporaryBytes)
        let inner = String(Self.innerUser)
        var arguments = [host.bubblewrap, "--unshare-all", "--unshare-user", "--disable-userns"]
        arguments += ["--uid", inner, "--gid", inner, "--hostname", "sandbox", "--cap-drop", "ALL"]
        arguments += ["--new-session", "--die-with-parent", "--clearenv"]
        // A seccomp filter (`--seccomp FD`) belongs here, once there is one.
        arguments += ["--proc", "/proc", "--ro-bind", "/proc/sys", "/proc/sys"]
        // bwrap's /dev is a tmpfs without a limit of its own: it is closed, and its one writable place is limited.
        arguments += ["--dev", "/dev", "--perms", "1777", "--size", temporary, "--tmpfs", "/dev/shm"]
        arguments += ["--remount-ro", "/dev", "--perms", "1777", "--size", temporary, "--tmpfs", "/tmp"]
        for directory in host.directories {
            switch directory {
            case .bound(let path): arguments += ["--ro-bind", path, path]
            case .link(let path, let target): arguments += ["--symlink", target, path]
            }
        }
        arguments += ["--ro-bind-try", "/etc/alternatives", "/etc/alternatives"]
        arguments += ["--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"]
        arguments += ["--ro-bind-data", "3", "/etc/passwd", "--ro-bind-data", "4", "/etc/group"]
        arguments += ["--ro-bind-data", "5", "/etc/hosts"]
        arguments += ["--bind", host.isRoot ? Self.staging : workspacePath, Self.workspace]
        arguments += ["--remount-ro", "/", "--chdir", Self.workspace]
        arguments += ["--setenv", "PATH", Self.path, "--setenv", "HOME", Self.workspace]
        arguments += ["--setenv", "LANG", "C.UTF-8", "--setenv", "USER", "agent", "--setenv", "TMPDIR", "/tmp"]
        return arguments
    }

    /// Hands bubblewrap the few files of `/etc` that programs need, written here and not the host's.
    private static let files = """
        exec "$@" 3<<'PASSWD' 4<<'GROUP' 5<<'HOSTS'
        agent:x:\(innerUser):\(innerUser):agent:\(workspace):/bin/bash
        nobody:x:65534:65534:nobody:/nonexistent:/bin/false
        PASSWD
        agent:x:\(innerUser):
        nogroup:x:65534:
        GROUP
        127.0.0.1 localhost sandbox
        ::1 localhost
        HOSTS
        """

    /// Sets the limits, says that the sandbox stands, and waits for the word to go.
    ///
    /// The wait closes a gap: a server killed before bubblewrap has tied itself to it would leave an orphan. Without
    /// a server there is no word, and the prelude ends. A limit that cannot be set was already stricter.
    static func prelude(_ policy: SandboxPolicy) -> String {
        let limits = [
            "-c 0", "-d \(policy.memory >> 10)", "-v \(policy.addressSpace >> 10)", "-t \(policy.processorSeconds)",
            "-u \(policy.processes)", "-n \(policy.openFiles)", "-f \(policy.fileSize >> 10)",
        ]
        let lines = limits.map { "ulimit \($0) 2>/dev/null" }
        return (lines + [#"printf '\001'"#, "read -r go || exit 125", #"exec /bin/bash -c "$1" </dev/null"#])
            .joined(separator: "\n")
    }
}
