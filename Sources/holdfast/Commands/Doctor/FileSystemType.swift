import Foundation

/// Which kind of file system a path is on.
enum FileSystemType {
    /// The type of the mount that holds a path, such as `ext4`.
    static func of(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        guard let data = FileManager.default.contents(atPath: "/proc/self/mounts") else { return nil }
        return type(of: String(cString: real), mounts: String(decoding: data, as: UTF8.self))
    }

    /// The type of the longest mount point that a path is under; of equal ones the last, which covers the others.
    static func type(of path: String, mounts: String) -> String? {
        var best: (length: Int, type: String)?
        for line in mounts.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count > 2 else { continue }
            let point = fields[1].replacing("\\040", with: " ")
            guard point == "/" || path == point || path.hasPrefix(point + "/") else { continue }
            if point.count >= best?.length ?? 0 { best = (point.count, String(fields[2])) }
        }
        return best?.type
    }
}
