/// A text file to which hunks are applied in order.
struct PatchedFile {
    private var lines: [String]
    /// The first line that the next hunk may touch.
    private var cursor = 0

    init(_ text: String) {
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
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
        let start: Int
        if hunk.old.isEmpty {
            // Nothing says where: after the anchor, or at the end.
            start = hunk.anchors.isEmpty || hunk.isAtEnd ? lines.count : cursor
        } else if hunk.isAtEnd {
            let end = lines.count - hunk.old.count
            guard end >= cursor, find(hunk.old, from: end) == end else { throw missing(hunk, "at the end") }
            start = end
        } else {
            guard let found = find(hunk.old, from: cursor) else { throw missing(hunk, "after line \(cursor)") }
            start = found
        }
        lines.replaceSubrange(start..<start + hunk.old.count, with: hunk.new(keeping: lines[start..<start + hunk.old.count]))
        cursor = start + hunk.new.count
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
    /// The new lines; context stays as the file has it, also when it was found only by ignoring white space.
    fileprivate func new(keeping found: ArraySlice<String>) -> [String] {
        var found = Array(zip(old, found))[...]
        return new.map { line in
            guard let index = found.firstIndex(where: { $0.0 == line }) else { return line }
            defer { found = found[(index + 1)...] }
            return found[index].1
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
