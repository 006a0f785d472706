/// A text file to which hunks are applied in order.
struct PatchedFile {
    private var lines: [String]
    /// The first line that the next hunk may touch.
    private var cursor = 0

    init(_ text: String) {
        lines = text.lines
        // The empty piece after the last line break is no line.
        if lines.last == "" { lines.removeLast() }
    }

    /// The file as text; it ends with a line break.
    var text: String { lines.isEmpty ? "" : lines.joined(separator: "\n") + "\n" }

    mutating func apply(_ hunk: Patch.Hunk) throws(ToolArgumentError) {
        for anchor in hunk.anchors {
            guard let line = find([anchor], from: cursor) else {
                throw ToolArgumentError("no line '\(anchor)' after line \(cursor)")
            }
            cursor = line + 1
        }
        let old = hunk.old
        let start: Int
        if old.isEmpty {
            // Nothing says where: after the anchor, or at the end.
            start = hunk.anchors.isEmpty || hunk.isAtEnd ? lines.count : cursor
        } else if hunk.isAtEnd {
            let end = lines.count - old.count
            guard end >= cursor, find(old, from: end) == end else { throw missing(hunk, "at the end") }
            start = end
        } else {
            guard let found = find(old, from: cursor) else { throw missing(hunk, "after line \(cursor)") }
            start = found
        }
        let range = start..<start + old.count
        let new = hunk.result(of: lines[range])
        lines.replaceSubrange(range, with: new)
        cursor = start + new.count
    }

    /// Where a run of lines stands: exactly, else with other white space at the ends, else at both sides.
    private func find(_ wanted: [String], from first: Int) -> Int? {
        guard first >= 0, first + wanted.count <= lines.count else { return nil }
        let rules: [(String) -> Substring] = [{ $0[...] }, { $0.withoutTrailingSpace }, { $0.withoutSpace }]
        for rule in rules {
            let wanted = wanted.map(rule)
            let found = (first...lines.count - wanted.count).first { start in
                wanted.indices.allSatisfy { rule(lines[start + $0]) == wanted[$0] }
            }
            if let found { return found }
        }
        return nil
    }

    private func missing(_ hunk: Patch.Hunk, _ place: String) -> ToolArgumentError {
        ToolArgumentError("these lines do not stand \(place):\n\(hunk.old.joined(separator: "\n"))")
    }
}

extension Patch.Hunk {
    /// What becomes of the lines that were found. Context stays as the file has it, also when it was found only by
    /// ignoring white space.
    fileprivate func result(of found: ArraySlice<String>) -> [String] {
        var found = found
        return lines.compactMap { line in
            if case .added(let text) = line { return text }
            let own = found.removeFirst()
            if case .removed = line { return nil }
            return own
        }
    }
}

extension String {
    fileprivate var withoutTrailingSpace: Substring {
        var text = self[...]
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return text
    }

    fileprivate var withoutSpace: Substring { withoutTrailingSpace.drop { $0.isWhitespace } }
}
