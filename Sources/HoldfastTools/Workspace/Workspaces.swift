import Glibc

/// The directory `<data>/workspaces` with one workspace per session.
public struct Workspaces: Sendable {
    private static let removedPrefix = ".removed-"

    /// The directory on the host.
    public let path: String
    /// What one workspace may take, in bytes.
    public let capacity: Int
    private let isRoot: Bool

    /// - Parameter isRoot: Whether each workspace belongs to a uid of its own; as this process is when absent.
    public init(dataDirectory: String, capacity: Int, isRoot: Bool? = nil) {
        let directory = SystemCall.absolute(dataDirectory)
        path = directory.hasSuffix("/") ? "\(directory)workspaces" : "\(directory)/workspaces"
        self.capacity = capacity
        self.isRoot = isRoot ?? (geteuid() == 0)
    }

    /// Makes a session's workspace when there is none, and opens it.
    public func make(session: String) throws(WorkspaceError) -> Workspace {
        let folder = try folder(of: session)
        do throws(SystemCall.Failure) {
            try Self.makeDirectory(path, mode: 0o700)
            try Self.makeDirectory(folder, mode: 0o700)
            if let owner = owner(of: session) {
                let directory = try SystemCall.open(AT_FDCWD, folder, O_RDONLY | O_DIRECTORY)
                try SystemCall.check { fchown(directory.raw, owner, owner) }
            }
        } catch {
            throw WorkspaceError("the workspace \(folder) cannot be made: \(error.text)")
        }
        return try open(session: session)
    }

    /// Opens a session's workspace.
    public func open(session: String) throws(WorkspaceError) -> Workspace {
        try Workspace(path: folder(of: session), owner: owner(of: session), capacity: capacity)
    }

    /// Removes a session's workspace with everything in it; nothing when there is none.
    ///
    /// It gets another name first: whatever happens then, it is gone for the session, and the next removal or
    /// `removeLeftovers` ends what was begun.
    public func remove(session: String) throws(WorkspaceError) {
        let folder = try folder(of: session)
        let target = "\(Self.removedPrefix)\(session)-\(UInt64.random(in: 0 ... .max))"
        do throws(SystemCall.Failure) {
            try SystemCall.check { rename(folder, "\(path)/\(target)") }
            try FileTree.remove(target, in: try SystemCall.open(AT_FDCWD, path, O_RDONLY | O_DIRECTORY))
        } catch {
            guard error.code != ENOENT else { return }
            throw WorkspaceError("the workspace \(folder) cannot be removed: \(error.text)")
        }
    }

    /// Removes what an interrupted removal left.
    public func removeLeftovers() {
        guard let parent = try? SystemCall.open(AT_FDCWD, path, O_RDONLY | O_DIRECTORY),
            let names = try? SystemCall.names(in: parent)
        else { return }
        for name in names.map({ $0.withUnsafeBufferPointer { String(cString: $0.baseAddress!) } })
        where name.hasPrefix(Self.removedPrefix) {
            try? FileTree.remove(name, in: parent)
        }
    }

    /// Where a session's workspace is. An id that could mean another directory is refused.
    private func folder(of session: String) throws(WorkspaceError) -> String {
        let isPlain = session.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: true
            default: false
            }
        }
        guard isPlain, !session.isEmpty, session.utf8.count <= 128 else {
            throw WorkspaceError("'\(session)' cannot name a workspace")
        }
        return "\(path)/\(session)"
    }

    private func owner(of session: String) -> UInt32? { isRoot ? SandboxUser.id(session: session) : nil }

    private static func makeDirectory(_ path: String, mode: mode_t) throws(SystemCall.Failure) {
        do throws(SystemCall.Failure) {
            try SystemCall.check { mkdir(path, mode) }
        } catch {
            guard error.code == EEXIST else { throw error }
        }
    }
}
