import Glibc
import HoldfastCore

/// `list_files`: the entries of a directory, sorted.
enum ListFilesTool: BuiltinTool {
    /// Entries of one answer.
    static let maximumEntries = 1_000
    /// Names that are looked at; a directory can have millions.
    private static let maximumNames = 20_000
    private static let maximumDepth = 32

    static let offered = OfferedTool.builtin(
        "list_files",
        "Lists the files of a workspace directory, one per line, sorted; directories end with '/', links with '@'.",
        ServerTool(effectClass: .read),
        required: [],
        [
            "path": ["type": "string", "description": "A directory; the workspace itself when absent."],
            "recursive": ["type": "boolean", "description": "Whether to list what is inside directories too."],
        ])

    static func run(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let path = try WorkspacePath(try arguments.optionalString("path") ?? ".")
        let isRecursive = try arguments.bool("recursive") ?? false
        var listing = Listing(room: maximumEntries, isRecursive: isRecursive)
        let directory = try context.workspace.directory(path)
        try list(directory, prefix: path.components.isEmpty ? "" : "\(path)/", depth: 0, into: &listing)
        if listing.isCut { listing.lines.append("[more entries are not shown]") }
        let text = listing.lines.isEmpty ? "[empty]" : listing.lines.joined(separator: "\n")
        return ToolOutcome(.succeeded, output: text)
    }

    private struct Listing {
        var room: Int
        var isRecursive: Bool
        var lines: [String] = []
        var isCut = false
    }

    private static func list(
        _ directory: Descriptor, prefix: String, depth: Int, into listing: inout Listing
    ) throws {
        try Task.checkCancellation()
        let names = try SystemCall.names(in: directory, limit: maximumNames)
        if names.count == maximumNames { listing.isCut = true }
        for name in names.sorted(by: precedes) {
            guard listing.lines.count < listing.room else {
                listing.isCut = true
                return
            }
            // What a running command has just removed is left out.
            guard let status = try? SystemCall.status(directory.raw, name) else { continue }
            let text = prefix + name.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
            listing.lines.append(text + (status.isDirectory ? "/" : status.isLink ? "@" : ""))
            guard listing.isRecursive, status.isDirectory else { continue }
            guard depth < maximumDepth,
                let inner = try? SystemCall.open(directory.raw, name, O_RDONLY | O_DIRECTORY)
            else {
                listing.isCut = true
                continue
            }
            try list(inner, prefix: "\(text)/", depth: depth + 1, into: &listing)
        }
    }

    /// By bytes, so that the order depends on no locale and no Unicode version.
    private static func precedes(_ one: [CChar], _ other: [CChar]) -> Bool {
        one.lexicographicallyPrecedes(other) { UInt8(bitPattern: $0) < UInt8(bitPattern: $1) }
    }
}
