import Glibc

/// The files of one session, as the server's own tools reach them. Every operation stays inside (`WorkspaceWalk`).
public struct Workspace: Sendable {
    /// The directory on the host.
    public let path: String
    /// Who owns the files when the server is root.
    public let owner: UInt32?
    /// What all files together may take, in bytes.
    public let capacity: Int
    private let root: Descriptor

    init(path: String, owner: UInt32?, capacity: Int) throws(WorkspaceError) {
        self.path = path
        self.owner = owner
        self.capacity = capacity
        do throws(SystemCall.Failure) {
            root = try SystemCall.open(AT_FDCWD, path, O_RDONLY | O_DIRECTORY)
        } catch {
            throw WorkspaceError("the workspace cannot be opened: \(error.text)", isMissing: error.code == ENOENT)
        }
    }

    /// Opens a regular file for reading.
    func open(_ path: WorkspacePath) throws(WorkspaceError) -> Descriptor {
        let place = try locate(path)
        do throws(SystemCall.Failure) {
            let file = try SystemCall.open(place.directory.raw, place.name, O_RDONLY)
            let status = try SystemCall.status(file)
            guard status.isRegular else {
                throw SystemCall.Failure(code: status.isDirectory ? EISDIR : EINVAL)
            }
            return file
        } catch {
            throw WorkspaceError(path, error)
        }
    }

    /// The whole content of a regular file of at most `limit` bytes.
    public func read(_ path: WorkspacePath, limit: Int) throws(WorkspaceError) -> [UInt8] {
        let file = try open(path)
        var bytes: [UInt8] = []
        do throws(SystemCall.Failure) {
            while true {
                let more = try SystemCall.read(file, count: 64 << 10)
                if more.isEmpty { return bytes }
                bytes += more
                guard bytes.count <= limit else { throw SystemCall.Failure(code: EFBIG) }
            }
        } catch {
            throw WorkspaceError(path, error)
        }
    }

    /// Puts a file in place as a whole, with the directories above it: a reader sees the old content or the new one.
    public func write(_ path: WorkspacePath, _ content: some Collection<UInt8>) throws(WorkspaceError) {
        let used = try usage()
        guard used + content.count <= capacity else {
            throw WorkspaceError("\(path): the workspace is full (\(used) of \(capacity) bytes)")
        }
        let place = try locate(path, creating: true)
        do throws(SystemCall.Failure) {
            guard place.name != "." else { throw SystemCall.Failure(code: EISDIR) }
            let old = try? SystemCall.status(place.directory.raw, place.name)
            if let old, !old.isRegular { throw SystemCall.Failure(code: old.isDirectory ? EISDIR : EEXIST) }
            let temporary = ".holdfast-\(UInt64.random(in: 0 ... .max))"
            do throws(SystemCall.Failure) {
                let file = try make(temporary, in: place.directory, mode: (old?.st_mode ?? 0o644) & 0o777)
                try SystemCall.write(file, content)
                try SystemCall.check { renameat(place.directory.raw, temporary, place.directory.raw, place.name) }
            } catch {
                unlinkat(place.directory.raw, temporary, 0)
                throw error
            }
        } catch {
            throw WorkspaceError(path, error)
        }
    }

    /// Starts an empty file at a path, in place of whatever file or link was there, and returns it open for writing.
    func create(_ path: WorkspacePath) throws(WorkspaceError) -> Descriptor {
        let place = try locate(path, creating: true, followsLast: false)
        do throws(SystemCall.Failure) {
            unlinkat(place.directory.raw, place.name, 0)
            return try make(place.name, in: place.directory, mode: 0o644)
        } catch {
            throw WorkspaceError(path, error)
        }
    }

    /// Deletes a file, or a link and not what it leads to.
    public func delete(_ path: WorkspacePath) throws(WorkspaceError) {
        let place = try locate(path, followsLast: false)
        do throws(SystemCall.Failure) {
            try SystemCall.check { unlinkat(place.directory.raw, place.name, 0) }
        } catch {
            throw WorkspaceError(path, error)
        }
    }

    /// Opens a directory.
    func directory(_ path: WorkspacePath) throws(WorkspaceError) -> Descriptor {
        let place = try locate(path)
        do throws(SystemCall.Failure) {
            return try SystemCall.open(place.directory.raw, place.name, O_RDONLY | O_DIRECTORY)
        } catch {
            throw WorkspaceError(path, error)
        }
    }

    /// Bytes of all files, counted as far as the capacity.
    public func usage() throws(WorkspaceError) -> Int {
        do throws(SystemCall.Failure) {
            return try FileTree.usage(of: root, limit: capacity)
        } catch {
            throw WorkspaceError("the workspace cannot be measured: \(error.text)")
        }
    }

    private func locate(
        _ path: WorkspacePath, creating: Bool = false, followsLast: Bool = true
    ) throws(WorkspaceError) -> WorkspaceLocation {
        let owner = owner
        let make = { (directory: Descriptor, name: String) throws(SystemCall.Failure) in
            try SystemCall.check { mkdirat(directory.raw, name, 0o755) }
            guard let owner else { return }
            try SystemCall.check { fchownat(directory.raw, name, owner, owner, AT_SYMLINK_NOFOLLOW) }
        }
        return try WorkspaceWalk(
            root: root, path: path, followsLast: followsLast, makeDirectory: creating ? make : nil
        ).locate()
    }

    private func make(_ name: String, in directory: Descriptor, mode: mode_t) throws(SystemCall.Failure) -> Descriptor {
        let file = try SystemCall.open(directory.raw, name, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
        if let owner { try SystemCall.check { fchown(file.raw, owner, owner) } }
        try SystemCall.check { fchmod(file.raw, mode) }
        return file
    }
}
