import HoldfastCore

/// `read_file`: lines of a text file.
enum ReadFileTool: BuiltinTool {
    static let offered = OfferedTool.builtin(
        "read_file", "Reads a text file of the workspace, all of it or a range of lines.",
        ServerTool(effectClass: .read),
        required: ["path"],
        [
            "path": ["type": "string", "description": "Relative to /workspace, or under it."],
            "offset": ["type": "integer", "minimum": 1, "description": "The first line, counted from 1."],
            "limit": ["type": "integer", "minimum": 1, "description": "How many lines."],
        ])

    static func run(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let path = try WorkspacePath(try arguments.string("path"))
        let first = try arguments.integer("offset", in: 1 ... .max) ?? 1
        let count = try arguments.integer("limit", in: 1 ... .max) ?? .max
        var range = LineRange(first: first, count: count, visible: context.policy.visibleOutput)
        let file = try context.workspace.open(path)
        while !range.isComplete {
            try Task.checkCancellation()
            let bytes = try SystemCall.read(file, count: 64 << 10)
            guard !bytes.isEmpty else { break }
            range.take(bytes)
        }
        return outcome(range, path: path)
    }

    private static func outcome(_ range: LineRange, path: WorkspacePath) -> ToolOutcome {
        let text = range.text
        if text.isEmpty, range.first > 1 {
            return ToolOutcome(.failed, output: "\(path): has no line \(range.first); it ends at line \(range.line)")
        }
        guard range.isCut else { return ToolOutcome(.succeeded, output: text) }
        let gap = text.utf8.last == 0x0A ? "" : "\n"
        let remark = "[cut at \(range.visible) bytes in line \(range.line); use offset and limit]"
        return ToolOutcome(.succeeded, output: text + gap + remark)
    }
}

/// Picks a range of lines out of a stream of bytes, without holding the rest.
struct LineRange {
    let first: Int64
    let count: Int64
    /// The most bytes to pick.
    let visible: Int
    /// The line that the stream is in, counted from 1.
    private(set) var line: Int64 = 1
    private(set) var isCut = false
    private var picked: [UInt8] = []

    init(first: Int64, count: Int64, visible: Int) {
        self.first = first
        self.count = count
        self.visible = visible
    }

    /// Whether nothing more is wanted.
    var isComplete: Bool { isCut || line - first >= count }

    /// What was picked, as text.
    var text: String {
        var decoder = TextDecoder()
        let text = decoder.take(picked) + (isCut ? "" : decoder.finish())
        return String(text.prefix(utf8: visible))
    }

    mutating func take(_ bytes: [UInt8]) {
        for byte in bytes {
            guard !isComplete else { return }
            if line >= first {
                guard picked.count < visible else {
                    isCut = true
                    return
                }
                picked.append(byte)
            }
            if byte == 0x0A { line += 1 }
        }
    }
}
