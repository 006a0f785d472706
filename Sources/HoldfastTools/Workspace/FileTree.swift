import Glibc

/// Work on whole directory trees that commands made: any names, any depth, links never followed.
enum FileTree {
    /// Directories nested deeper than this are not walked; each level holds an open directory.
    static let maximumDepth = 128
    /// Entries after which a tree counts as full, so that a measurement has an end.
    static let maximumEntries = 500_000

    /// `O_PATH`, which Glibc's module does not show to Swift.
    private static let pathOnly: Int32 = 0o10_000_000

    /// Bytes on disk of all entries. Answers `limit` for trees that are too deep or have too many entries to measure.
    static func usage(of directory: Descriptor, limit: Int) throws(SystemCall.Failure) -> Int {
        var entries = 0
        return min(limit, try usage(of: directory, limit: limit, depth: 0, entries: &entries))
    }

    private static func usage(
        of directory: Descriptor, limit: Int, depth: Int, entries: inout Int
    ) throws(SystemCall.Failure) -> Int {
        guard depth < maximumDepth else { return limit }
        var total = 0
        for name in try SystemCall.names(in: directory, limit: maximumEntries) {
            entries += 1
            guard entries < maximumEntries, total < limit else { return limit }
            // A command may be at work at the same time: what has gone is not counted.
            guard let status = try? SystemCall.status(directory.raw, name) else { continue }
            total += Int(status.st_blocks) * 512
            guard status.isDirectory,
                let inner = try? SystemCall.open(directory.raw, name, O_RDONLY | O_DIRECTORY)
            else { continue }
            total += try usage(of: inner, limit: limit, depth: depth + 1, entries: &entries)
        }
        return total
    }

    /// Removes the directory `name` with everything in it.
    ///
    /// Nested directories are first moved up next to it, so that neither depth nor path length can stop the removal.
    static func remove(_ name: String, in parent: Descriptor) throws(SystemCall.Failure) {
        var doomed: [[CChar]] = [name.utf8CString.map { $0 }]
        var moved = 0
        while let next = doomed.popLast() {
            let directory = try openAny(next, in: parent)
            for child in try SystemCall.names(in: directory) {
                guard unlinkat(directory.raw, child, 0) != 0 else { continue }
                guard errno == EISDIR || errno == EPERM else { throw SystemCall.Failure(code: errno) }
                guard unlinkat(directory.raw, child, AT_REMOVEDIR) != 0 else { continue }
                moved += 1
                let target = "\(name).\(moved)"
                // Moving a directory rewrites its `..`, which needs write permission on it.
                _ = try? openAny(child, in: directory)
                try SystemCall.check { renameat(directory.raw, child, parent.raw, target) }
                doomed.append(target.utf8CString.map { $0 })
            }
            try SystemCall.check { unlinkat(parent.raw, next, AT_REMOVEDIR) }
        }
    }

    /// Opens a directory whatever its mode says; it must be ours.
    private static func openAny(_ name: [CChar], in parent: Descriptor) throws(SystemCall.Failure) -> Descriptor {
        let handle = try SystemCall.open(parent.raw, name, pathOnly | O_DIRECTORY)
        // By way of the handle: the name may stand for something else by now.
        chmod("/proc/self/fd/\(handle.raw)", 0o700)
        return try SystemCall.open(parent.raw, name, O_RDONLY | O_DIRECTORY)
    }
}
