import Glibc

/// A name within an open directory: what a path led to.
struct WorkspaceLocation {
    let directory: Descriptor
    /// `.` for the workspace itself.
    let name: String
}

/// Follows a path through open directories and never above the workspace.
///
/// Commands in the sandbox can make links, and swap them while a file tool works. So nothing is looked up twice: each
/// step opens one name in a held directory with `O_NOFOLLOW`, links are read and followed here, and `..` goes back to
/// the directory that was held before instead of asking the kernel.
struct WorkspaceWalk {
    private static let maximumLinks = 40

    let root: Descriptor
    let path: WorkspacePath
    /// Whether the last name is followed when it is a link.
    var followsLast = true
    /// Makes a missing directory in an open one; `nil` when directories must exist.
    let makeDirectory: ((Descriptor, String) throws(SystemCall.Failure) -> Void)?

    /// The directory that holds the path's last name, and that name; it need not exist.
    func locate() throws(WorkspaceError) -> WorkspaceLocation {
        var held = [root]
        var pending = Array(path.components.reversed())
        var links = 0
        while let name = pending.popLast() {
            let directory = held[held.count - 1]
            if name == ".." {
                guard held.count > 1 else { throw outside }
                held.removeLast()
            } else if followsLast || !pending.isEmpty, let target = SystemCall.readLink(directory.raw, name) {
                links += 1
                guard links <= Self.maximumLinks else { throw WorkspaceError("\(path): too many symbolic links") }
                guard let names = WorkspacePath.components(target) else { throw outside }
                if target.hasPrefix("/") { held = [root] }
                pending.append(contentsOf: names.reversed())
            } else if pending.isEmpty {
                return WorkspaceLocation(directory: directory, name: name)
            } else {
                guard held.count <= WorkspacePath.maximumDepth else { throw WorkspaceError("\(path): too deep") }
                held.append(try enter(directory, name))
            }
        }
        return WorkspaceLocation(directory: held[held.count - 1], name: ".")
    }

    private func enter(_ directory: Descriptor, _ name: String) throws(WorkspaceError) -> Descriptor {
        do throws(SystemCall.Failure) {
            do throws(SystemCall.Failure) {
                return try SystemCall.open(directory.raw, name, O_RDONLY | O_DIRECTORY)
            } catch {
                guard error.code == ENOENT, let makeDirectory else { throw error }
                try makeDirectory(directory, name)
                return try SystemCall.open(directory.raw, name, O_RDONLY | O_DIRECTORY)
            }
        } catch {
            throw WorkspaceError(path, error)
        }
    }

    private var outside: WorkspaceError { WorkspaceError("\(path): leads outside the workspace") }
}
