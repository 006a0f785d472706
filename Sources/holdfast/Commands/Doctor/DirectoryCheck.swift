import Glibc

/// The data directory.
enum DirectoryCheck {
    /// The directory, or the nearest one above it that is there.
    static func existing(_ path: String) -> String {
        var path = path
        while access(path, F_OK) != 0 {
            guard let slash = path.lastIndex(of: "/") else { return "." }
            path = slash == path.startIndex ? "/" : String(path[..<slash])
        }
        return path
    }

    static func findings(_ path: String) -> [Finding] {
        var status = stat()
        guard stat(path, &status) == 0 else {
            let parent = existing(path)
            guard access(parent, W_OK) == 0 else {
                let detail = "\(path) cannot be made in \(parent)"
                return [Finding("data directory", .problem, detail, "Choose another --data.")]
            }
            return [
                Finding("data directory", .fine, "\(path) is not there yet; the server makes it", nil), space(parent),
            ]
        }
        return [state(path, status), space(path)]
    }

    private static func state(_ path: String, _ status: stat) -> Finding {
        guard status.st_mode & S_IFMT == S_IFDIR else {
            return Finding("data directory", .problem, "\(path) is no directory", "Choose another --data.")
        }
        guard access(path, R_OK | W_OK | X_OK) == 0 else {
            return Finding(
                "data directory", .problem, "\(path) is not writable for this user", "chown -R $USER \(path)")
        }
        let mode = String(status.st_mode & 0o7777, radix: 8)
        // Others may pass through (sandboxed commands of a root server do) but neither list nor write.
        guard status.st_mode & 0o066 == 0 else {
            let detail = "\(path) has mode \(mode): others can read or write in it"
            return Finding("data directory", .problem, detail, "chmod go-rw \(path)")
        }
        return Finding("data directory", .fine, "\(path), mode \(mode)", nil)
    }

    private static func space(_ path: String) -> Finding {
        var system = statvfs()
        guard statvfs(path, &system) == 0 else {
            return Finding("file system", .remark, "cannot be looked at", nil)
        }
        let free = UInt64(system.f_bavail) * UInt64(system.f_frsize)
        let type = FileSystemType.of(path) ?? "unknown type"
        let detail = "\(type), \(free >> 20) MiB free"
        if ["nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs"].contains(type) {
            return Finding(
                "file system", .problem, "\(detail); over a network, where locks and syncs cannot be relied on",
                "Put the data directory on a local disk.")
        }
        if type == "tmpfs" || type == "ramfs" {
            return Finding("file system", .remark, "\(detail); in memory only, gone at a reboot", nil)
        }
        guard free > 1 << 30 else {
            return Finding("file system", .remark, detail, "Make space: a full disk stops writes until there is some.")
        }
        return Finding("file system", .fine, detail, nil)
    }
}
