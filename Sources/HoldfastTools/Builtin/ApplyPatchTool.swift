import HoldfastCore

/// `apply_patch`: changes to several files. Everything is worked out before anything is written.
enum ApplyPatchTool: BuiltinTool {
    /// The largest file that can be patched.
    private static let maximumFile = 8 << 20

    static let offered = OfferedTool.builtin(
        "apply_patch",
        """
        Changes files of the workspace. The patch has this form; context lines begin with a space:
        *** Begin Patch
        *** Update File: path
        *** Move to: other/path
        @@ a line before the change, such as a function's head
         context
        -removed line
        +added line
        *** Add File: path
        +line
        *** Delete File: path
        *** End Patch
        """,
        ServerTool(effectClass: .atMostOnce),
        required: ["patch"],
        ["patch": ["type": "string", "description": "The patch, from '*** Begin Patch' to '*** End Patch'."]])

    static func run(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let patch = try Patch(try arguments.string("patch"))
        var plan = PatchPlan(workspace: context.workspace, maximumFile: maximumFile)
        for change in patch.changes { try plan.add(change) }
        return ToolOutcome(.succeeded, output: try plan.write())
    }
}

/// What a patch makes of the workspace's files, worked out in memory.
struct PatchPlan {
    private let workspace: Workspace
    private let maximumFile: Int
    /// The last word on each file in order of appearance; no content means that it goes.
    private var results: [(path: WorkspacePath, content: String?)] = []
    private var summary: [String] = []

    init(workspace: Workspace, maximumFile: Int) {
        self.workspace = workspace
        self.maximumFile = maximumFile
    }

    mutating func add(_ change: Patch.Change) throws {
        switch change {
        case .add(let path, let lines):
            let path = try WorkspacePath(path)
            guard try content(path) == nil else { throw ToolArgumentError("\(path): exists already") }
            set(path, lines.isEmpty ? "" : lines.joined(separator: "\n") + "\n")
            summary.append("A \(path)")
        case .delete(let path):
            let path = try WorkspacePath(path)
            _ = try existing(path)
            set(path, nil)
            summary.append("D \(path)")
        case .update(let path, let target, let hunks):
            let path = try WorkspacePath(path)
            var file = PatchedFile(try existing(path))
            for hunk in hunks {
                do throws(ToolArgumentError) {
                    try file.apply(hunk)
                } catch {
                    throw ToolArgumentError("\(path): \(error)")
                }
            }
            try move(file, from: path, to: target)
        }
    }

    /// Writes the files and answers what was done, one line per file.
    func write() throws -> String {
        var done: [String] = []
        for (path, content) in results {
            do throws(WorkspaceError) {
                if let content {
                    try workspace.write(path, content.utf8)
                } else {
                    try delete(path)
                }
                done.append("\(path)")
            } catch {
                let before = done.isEmpty ? "nothing was written" : "written before: \(done.joined(separator: ", "))"
                throw WorkspaceError("\(error) (\(before))")
            }
        }
        return summary.joined(separator: "\n")
    }

    /// A file that the patch itself added and took away again was never written.
    private func delete(_ path: WorkspacePath) throws(WorkspaceError) {
        do throws(WorkspaceError) {
            try workspace.delete(path)
        } catch {
            guard error.isMissing else { throw error }
        }
    }

    private mutating func move(_ file: PatchedFile, from path: WorkspacePath, to target: String?) throws {
        let target = try target.map { text throws(WorkspaceError) in try WorkspacePath(text) }
        guard let target, target != path else {
            set(path, file.text)
            summary.append("M \(path)")
            return
        }
        guard try content(target) == nil else { throw ToolArgumentError("\(target): exists already") }
        set(target, file.text)
        set(path, nil)
        summary.append("R \(path) -> \(target)")
    }

    private func existing(_ path: WorkspacePath) throws -> String {
        guard let text = try content(path) else { throw ToolArgumentError("\(path): does not exist") }
        return text
    }

    /// The file as this patch left it so far; `nil` when there is none.
    private func content(_ path: WorkspacePath) throws -> String? {
        if let result = results.last(where: { $0.path == path }) { return result.content }
        let bytes: [UInt8]
        do throws(WorkspaceError) {
            bytes = try workspace.read(path, limit: maximumFile)
        } catch {
            guard error.isMissing else { throw error }
            return nil
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ToolArgumentError("\(path): is no UTF-8 text")
        }
        return text
    }

    private mutating func set(_ path: WorkspacePath, _ content: String?) {
        results.removeAll { $0.path == path }
        results.append((path, content))
    }
}
