import Glibc

/// What of this machine the sandbox is built from: programs and the layout of the system directories.
public struct SandboxHost: Sendable, Equatable {
    /// One top-level system directory.
    public enum Directory: Sendable, Equatable {
        /// A real directory, bound read-only.
        case bound(String)
        /// A symbolic link (merged `/usr`), made anew inside.
        case link(String, target: String)
    }

    /// Whether this process is root, and so must step down before it builds a sandbox.
    public var isRoot: Bool
    public var bubblewrap: String
    public var setpriv: String
    public var unshare: String
    public var mount: String
    public var directories: [Directory]

    public init(
        isRoot: Bool, bubblewrap: String = "/usr/bin/bwrap", setpriv: String = "/usr/bin/setpriv",
        unshare: String = "/usr/bin/unshare", mount: String = "/usr/bin/mount", directories: [Directory]
    ) {
        self.isRoot = isRoot
        self.bubblewrap = bubblewrap
        self.setpriv = setpriv
        self.unshare = unshare
        self.mount = mount
        self.directories = directories
    }

    /// The path of a program on `PATH` or in the system directories, `nil` when there is none.
    static func find(_ program: String) -> String? {
        let path = getenv("PATH").map { String(cString: $0) } ?? ""
        let folders = path.split(separator: ":").map(String.init).filter { $0.hasPrefix("/") }
        return (folders + ["/usr/bin", "/bin", "/usr/sbin", "/sbin"]).lazy
            .map { "\($0)/\(program)" }
            .first { access($0, X_OK) == 0 }
    }

    /// How the top-level system directories are laid out here.
    static func systemDirectories() -> [Directory] {
        ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"].compactMap { path in
            if let target = SystemCall.readLink(AT_FDCWD, path) { return .link(path, target: target) }
            return access(path, R_OK | X_OK) == 0 ? .bound(path) : nil
        }
    }
}
