/// Why a workspace operation was refused or failed, for the model and for a person.
public struct WorkspaceError: Error, Sendable, Equatable, CustomStringConvertible {
    public var message: String
    /// Whether it is that the file or directory does not exist.
    public var isMissing: Bool

    public init(_ message: String, isMissing: Bool = false) {
        self.message = message
        self.isMissing = isMissing
    }

    init(_ path: WorkspacePath, _ failure: SystemCall.Failure) {
        self.init("\(path): \(failure.text)", isMissing: failure.code == 2)
    }

    public var description: String { message }
}

/// A path as a tool got it: `/workspace/…` or relative to it. Whether it stays inside is decided on the way, by the
/// walk over open directories, because links count too.
public struct WorkspacePath: Sendable, Equatable, CustomStringConvertible {
    /// Deeper paths are refused: each level is an open directory during the walk.
    static let maximumDepth = 128

    /// The names, without empty ones and `.`, but with `..`.
    public var components: [String]

    public init(_ text: String) throws(WorkspaceError) {
        guard !text.isEmpty else { throw WorkspaceError("the path is empty") }
        guard text.utf8.count <= 4_096, !text.utf8.contains(0) else {
            throw WorkspaceError("the path is too long or has a NUL character")
        }
        guard let components = Self.components(text) else {
            throw WorkspaceError("\(text): outside the workspace; use a relative path or one under /workspace")
        }
        guard components.count <= Self.maximumDepth else {
            throw WorkspaceError("the path is deeper than \(Self.maximumDepth) directories")
        }
        self.components = components
    }

    /// The names of a path seen from the workspace; `nil` when it is absolute and leads elsewhere.
    static func components(_ text: String) -> [String]? {
        var names = text.split(separator: "/").map(String.init).filter { $0 != "." }
        if text.hasPrefix("/") {
            guard names.first == "workspace" else { return nil }
            names.removeFirst()
        }
        return names
    }

    /// The path relative to the workspace.
    public var description: String { components.isEmpty ? "." : components.joined(separator: "/") }
}
