import Foundation

/// The files that the demo handles: its data directory, the sources, the session's workspace.
enum DemoFiles {
    private static let marker = ".holdfast-demo"

    /// A file's text.
    static func text(_ path: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandFailure("\(path) cannot be read.")
        }
        return String(decoding: data, as: UTF8.self)
    }

    /// Makes the data directory, empty unless it is kept. What no demo made is never removed.
    static func prepare(_ data: String, isKept: Bool) throws {
        let files = FileManager.default
        let entries = (try? files.contentsOfDirectory(atPath: data)) ?? []
        if !entries.isEmpty, !isKept {
            guard entries.contains(marker) else {
                throw CommandFailure(
                    "\(data) holds something that no demo made.", remedy: "Name another --data, or use it with --keep.")
            }
            try files.removeItem(atPath: data)
        }
        let mode: [FileAttributeKey: Any] = [.posixPermissions: 0o711]
        try files.createDirectory(atPath: data, withIntermediateDirectories: true, attributes: mode)
        guard files.createFile(atPath: "\(data)/\(marker)", contents: Data()) else {
            throw CommandFailure("\(data) is not writable.")
        }
    }

    /// The Swift files under a folder: their paths in it.
    static func sources(_ folder: String) throws -> [String] {
        let found = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        let files = found.filter { $0.hasSuffix(".swift") && !$0.contains(" ") && !$0.contains("'") }.sorted()
        guard !files.isEmpty else {
            throw CommandFailure(
                "There are no Swift files in \(folder).",
                remedy: "Run the demo in the folder of the repository, or name a folder with --sources.")
        }
        return Array(files.prefix(2_000))
    }

    /// Copies files into a workspace; there they belong to whom the workspace belongs to.
    static func copy(_ names: [String], from folder: String, to workspace: String) throws {
        let files = FileManager.default
        var owner = stat()
        guard stat(workspace, &owner) == 0 else { throw CommandFailure("The workspace \(workspace) is not there.") }
        func give(_ path: String, mode: mode_t) throws {
            guard chmod(path, mode) == 0, geteuid() != 0 || chown(path, owner.st_uid, owner.st_gid) == 0 else {
                throw CommandFailure("\(path) cannot be given to the sandbox.")
            }
        }
        var made: Set<String> = []
        for name in names {
            let target = "\(workspace)/src/\(name)"
            var folders = target.dropFirst(workspace.count + 1).split(separator: "/").dropLast().map(String.init)
            for depth in folders.indices {
                folders[depth] = (depth > 0 ? folders[depth - 1] + "/" : "") + folders[depth]
            }
            for inner in folders where made.insert(inner).inserted {
                let path = "\(workspace)/\(inner)"
                try files.createDirectory(atPath: path, withIntermediateDirectories: true)
                try give(path, mode: 0o755)
            }
            guard let content = files.contents(atPath: "\(folder)/\(name)"),
                files.createFile(atPath: target, contents: content)
            else { throw CommandFailure("\(name) cannot be copied to \(workspace).") }
            try give(target, mode: 0o644)
        }
    }
}
