/// A patch in the form that models write: `*** Begin Patch`, file sections, `*** End Patch`.
struct Patch: Equatable {
    /// One line of a hunk.
    enum Line: Equatable {
        case context(String)
        case removed(String)
        case added(String)
    }

    /// A run of changed lines with its context.
    struct Hunk: Equatable {
        /// The texts after `@@`, each naming a line that stands somewhere before the hunk.
        var anchors: [String] = []
        var lines: [Line] = []
        /// Whether the hunk must stand at the end of the file.
        var isAtEnd = false

        /// The lines that the file must have.
        var old: [String] {
            lines.compactMap { line in
                switch line {
                case .context(let text), .removed(let text): text
                case .added: nil
                }
            }
        }
    }

    /// What happens to one file.
    enum Change: Equatable {
        case add(path: String, lines: [String])
        case delete(path: String)
        case update(path: String, moveTo: String?, hunks: [Hunk])
    }

    var changes: [Change]

    init(_ text: String) throws(ToolArgumentError) {
        var parser = PatchParser(text)
        changes = try parser.changes()
    }
}

/// Reads a patch line by line.
private struct PatchParser {
    private let lines: [String]
    private var index = 0

    init(_ text: String) {
        var lines = text.lines
        while lines.last?.allSatisfy(\.isWhitespace) == true { lines.removeLast() }
        self.lines = lines
    }

    mutating func changes() throws(ToolArgumentError) -> [Patch.Change] {
        while peek?.allSatisfy(\.isWhitespace) == true { index += 1 }
        guard accept("*** Begin Patch") != nil else { throw failure("the patch must begin with '*** Begin Patch'") }
        var changes: [Patch.Change] = []
        while peek != nil {
            if accept("*** End Patch") != nil {
                guard index == lines.count else { throw failure("text after '*** End Patch'") }
                guard !changes.isEmpty else { throw failure("the patch changes nothing") }
                return changes
            }
            changes.append(try change())
        }
        throw failure("the patch must end with '*** End Patch'")
    }

    private var peek: String? { index < lines.count ? lines[index] : nil }

    /// Consumes a line with this marker and returns the text after it.
    private mutating func accept(_ marker: String) -> String? {
        guard let line = peek, line.hasPrefix(marker) else { return nil }
        index += 1
        var rest = line.dropFirst(marker.count)
        while let first = rest.first, first.isWhitespace { rest.removeFirst() }
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return String(rest)
    }

    private mutating func change() throws(ToolArgumentError) -> Patch.Change {
        if let path = accept("*** Add File:") { return .add(path: path, lines: try addedLines()) }
        if let path = accept("*** Delete File:") { return .delete(path: path) }
        guard let path = accept("*** Update File:") else {
            throw failure("expected '*** Add File:', '*** Update File:', '*** Delete File:' or '*** End Patch'")
        }
        let target = accept("*** Move to:")
        var hunks: [Patch.Hunk] = []
        while let line = peek, !isSection(line) {
            if line.isEmpty, hunks.isEmpty, lines[index...].first(where: { !$0.isEmpty })?.hasPrefix("@@") == true {
                index += 1
                continue
            }
            hunks.append(try hunk(isFirst: hunks.isEmpty))
        }
        guard !hunks.isEmpty || target != nil else { throw failure("the update of \(path) has no hunk") }
        return .update(path: path, moveTo: target, hunks: hunks)
    }

    private mutating func addedLines() throws(ToolArgumentError) -> [String] {
        var added: [String] = []
        while let line = peek, !isSection(line) {
            guard line.utf8.first == 0x2B else { throw failure("a line of a new file must begin with '+'") }
            added.append(line.afterFirstByte)
            index += 1
        }
        return added
    }

    private mutating func hunk(isFirst: Bool) throws(ToolArgumentError) -> Patch.Hunk {
        var hunk = Patch.Hunk()
        while let anchor = accept("@@") {
            if !anchor.isEmpty { hunk.anchors.append(anchor) }
        }
        let start = index
        while let line = peek, !line.hasPrefix("@@") {
            if accept("*** End of File") != nil {
                hunk.isAtEnd = true
                break
            }
            if isSection(line) { break }
            switch line.utf8.first {
            case 0x2B: hunk.lines.append(.added(line.afterFirstByte))
            case 0x2D: hunk.lines.append(.removed(line.afterFirstByte))
            case 0x20: hunk.lines.append(.context(line.afterFirstByte))
            // An empty line stands for empty context: models drop the space in front.
            case nil, 0x0D: hunk.lines.append(.context(""))
            default: throw failure("a line of a hunk must begin with ' ', '+' or '-'")
            }
            index += 1
        }
        guard index > start else { throw failure("a hunk without lines") }
        return hunk
    }

    private func isSection(_ line: String) -> Bool {
        line.hasPrefix("*** ") && !line.hasPrefix("*** End of File")
    }

    private func failure(_ reason: String) -> ToolArgumentError {
        ToolArgumentError("line \(index + 1) of the patch: \(reason)")
    }
}

extension String {
    /// The pieces between line feeds, split by bytes: Swift takes a carriage return and a line feed for one character.
    var lines: [String] {
        utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map { String(Substring($0)) }
    }

    /// Everything after a mark of one byte, also when a combining character follows it.
    fileprivate var afterFirstByte: String { String(Substring(utf8.dropFirst())) }
}
