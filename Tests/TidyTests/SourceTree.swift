import Foundation

/// The Swift files of this repository.
enum SourceTree {
    /// One file.
    struct File: Sendable {
        /// The path from the repository's root.
        var path: String
        var lines: [String]

        /// The module of a file under `Sources`, the test target of one under `Tests`.
        var target: String { String(path.split(separator: "/").dropFirst().first ?? "") }

        /// Numbered lines without comments, each with the file's name in front.
        func code(where isWanted: (String) -> Bool) -> [String] {
            lines.enumerated().filter { _, line in
                let text = line.trimmingCharacters(in: .whitespaces)
                return !text.hasPrefix("//") && isWanted(line)
            }.map { "\(path):\($0 + 1): \($1.trimmingCharacters(in: .whitespaces))" }
        }
    }

    static let root = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static let sources = files("Sources")
    static let tests = files("Tests")

    /// Whether a path from the root exists.
    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appending(path: path).path())
    }

    private static func files(_ folder: String) -> [File] {
        let names = FileManager.default.enumerator(atPath: root.appending(path: folder).path())
        let paths = (names?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(".swift") }.sorted()
        return paths.compactMap { name in
            let path = folder + "/" + name
            guard let text = try? String(contentsOf: root.appending(path: path), encoding: .utf8) else { return nil }
            return File(path: path, lines: text.components(separatedBy: "\n"))
        }
    }
}
