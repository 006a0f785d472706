import Foundation

/// The Swift files of this repository.
enum SourceTree {
    /// One file.
    struct File: Sendable {
        /// The path from the repository's root.
        var path: String
        private let bytes: Data

        init(path: String, bytes: Data) {
            self.path = path
            self.bytes = bytes
            lineCount = bytes.count { $0 == 0x0A }
        }

        /// How many lines it has.
        let lineCount: Int

        /// The module of a file under `Sources`, the test target of one under `Tests`.
        var target: String { String(path.split(separator: "/").dropFirst().first ?? "") }

        /// The lines without their ends.
        var lines: [String] {
            bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
        }

        /// Whether a text stands anywhere in it. Fast: most files are through with this.
        func has(_ text: String) -> Bool {
            bytes.range(of: Data(text.utf8)) != nil
        }

        /// Code lines with one of the texts, without comments, each with its place in front.
        func code(with texts: [String], where isWanted: (String) -> Bool = { _ in true }) -> [String] {
            guard texts.contains(where: has) else { return [] }
            return lines.enumerated().filter { _, line in
                !line.trimmed.hasPrefix("//") && texts.contains { line.contains($0) } && isWanted(line)
            }.map { "\(path):\($0 + 1): \($1.trimmed)" }
        }
    }

    static let root = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

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
            guard let data = try? Data(contentsOf: root.appending(path: path)), !data.isEmpty else { return nil }
            return File(path: path, bytes: data)
        }
    }
}

extension String {
    /// Without the spaces in front.
    var trimmed: String { String(drop { $0 == " " }) }
}
